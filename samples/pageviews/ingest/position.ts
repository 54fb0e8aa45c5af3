/** How far a file has been read. Stored together with the counts it led to, it makes each line count once. */
export interface Position {
  /** Device and inode: the file itself, whatever rotation renames it to. */
  readonly file: string
  /** The name under which it was asked for. */
  readonly path: string
  /** Bytes read: all lines before it are counted, none after it. */
  readonly offset: number
  /** Fingerprint of the file's first bytes, since an inode may be used again: SHA-256 of that many. */
  readonly headLength: number
  readonly headHash: string
}

/** Some whole lines of one source, and how far they bring it. Standard input has no position. */
export interface Block {
  readonly source: string
  readonly lines: readonly string[]
  readonly position?: Position
}
