import { BehaviorSubject, defer, from, lastValueFrom, retry, Subject } from 'rxjs'

export function restarts(work) {
  return () => lastValueFrom(defer(() => from(work())).pipe(retry()), { defaultValue: undefined })
}

export function events() {
  const subject = new Subject()
  return (event) => subject.next(event)
}

export function states(listener) {
  const subject = new BehaviorSubject(0)
  subject.subscribe(listener)
  return (state) => subject.next(state)
}
