/** One thing that was looked at. */
export interface Finding {
  /** `note`: it may be as it is, but is good to know. */
  readonly status: 'ok' | 'note' | 'problem'
  /** What was looked at, such as `Node.js` or `tsconfig.json`. */
  readonly about: string
  readonly message: string
  /** How to mend it, or what to keep in mind. */
  readonly mend?: string
}

/** All is well with it. */
export function well(about: string, message: string): Finding {
  return { status: 'ok', about, message }
}

/** It may be as it is. */
export function note(about: string, message: string, mend: string): Finding {
  return { status: 'note', about, message, mend }
}

/** It keeps programs from working. */
export function problem(about: string, message: string, mend: string): Finding {
  return { status: 'problem', about, message, mend }
}
