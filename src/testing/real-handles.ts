import { ownerNow, type Owner } from './owners.js'

/** What may be left behind, by the type that the hook tells, as `process.getActiveResourcesInfo()` calls it. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['TCPSERVERWRAP', 'TCPServerWrap'],
  ['TCPWRAP', 'TCPSocketWrap'],
  ['PIPESERVERWRAP', 'PipeWrap'],
  ['PIPEWRAP', 'PipeWrap'],
  ['UDPWRAP', 'UDPWrap'],
  ['TTYWRAP', 'TTYWrap'],
  ['PROCESSWRAP', 'ProcessWrap'],
  ['FSEVENTWRAP', 'FSEventWrap'],
  ['STATWATCHER', 'StatWatcher'],
  ['MESSAGEPORT', 'MessagePort'],
  ['FSREQCALLBACK', 'FSReqCallback'],
  ['FSREQPROMISE', 'FSReqPromise'],
  ['FILEHANDLECLOSEREQ', 'CloseReq'],
  ['GETADDRINFOREQWRAP', 'GetAddrInfoReqWrap'],
  ['GETNAMEINFOREQWRAP', 'GetNameInfoReqWrap'],
  ['TCPCONNECTWRAP', 'ConnectWrap'],
  ['PIPECONNECTWRAP', 'ConnectWrap'],
  ['WRITEWRAP', 'LibuvWriteWrap'],
  ['SHUTDOWNWRAP', 'LibuvShutdownWrap'],
  ['UDPSENDWRAP', 'SendWrap']
])

/** A handle, or a request to the system that is not answered yet. */
interface RealHandle {
  readonly kind: string
  readonly owner: Owner | undefined
  /** A request has no `hasRef`: it is over when the hook says so. */
  readonly resource: WeakRef<{ hasRef?(): boolean }>
}

/** Those that are not over, by their id. */
const handles = new Map<number, RealHandle>()

/** The latest id that was noted: ids only grow. */
let latest = 0

/** A mark, for {@link handleKindsSince}. */
export function handlesSoFar(): number {
  return latest
}

/** What is open now, and began after a mark, whoever's it is. */
export function handleKindsSince(mark: number): readonly string[] {
  const kinds: string[] = []
  for (const [id, { kind, resource }] of handles) if (id > mark && isOpen(resource.deref())) kinds.push(kind)
  return kinds
}

/** For the hook that sees everything asynchronous: something begins, brought about by what has the id `trigger`. */
export function noteHandle(id: number, type: string, trigger: number, resource: object): void {
  const kind = KINDS.get(type)
  if (kind === undefined) return
  // A connection comes from outside, in nobody's call: it is his whose server takes it.
  const owner = ownerNow() ?? handles.get(trigger)?.owner
  latest = Math.max(latest, id)
  handles.set(id, { kind, owner, resource: new WeakRef(resource) })
}

/** For the hook that sees everything asynchronous: something is over. */
export function noteHandleEnd(id: number): void {
  handles.delete(id)
}

/** The handles and requests of some owners that are open, and keep the process alive. */
export function handlesOf(
  owns: (owner: Owner) => boolean
): { readonly kind: string; readonly owner: Owner }[] {
  const open: { kind: string; owner: Owner }[] = []
  for (const { kind, owner, resource } of handles.values()) {
    if (owner !== undefined && owns(owner) && isOpen(resource.deref())) open.push({ kind, owner })
  }
  return open
}

function isOpen(resource: { hasRef?(): boolean } | undefined): boolean {
  return resource !== undefined && resource.hasRef?.() !== false
}
