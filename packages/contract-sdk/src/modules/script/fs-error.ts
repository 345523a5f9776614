/** Errors of `state`, as those of Node's `fs` (spec/10-scripts §3): class, code, words and properties. */

const WORDS = {
  EBUSY: 'resource busy or locked',
  EEXIST: 'file already exists',
  EINVAL: 'invalid argument',
  EISDIR: 'illegal operation on a directory',
  ENAMETOOLONG: 'name too long',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
} as const

export type FsErrorCode = keyof typeof WORDS

/** What went wrong with which path. */
export interface FsFault {
  readonly syscall: string
  readonly path: string
  /** The other path of a `rename`. */
  readonly dest?: string | undefined
  /** What follows the usual words. */
  readonly hint?: string | undefined
}

/** @example throw fsError('ENOENT', { syscall: 'open', path: '/x' }) // ENOENT: no such file or directory, open '/x' */
export function fsError(code: FsErrorCode, { syscall, path, dest, hint }: FsFault): Error {
  const to = dest === undefined ? '' : ` -> '${dest}'`
  const more = hint === undefined ? '' : `: ${hint}`
  const error = new Error(`${code}: ${WORDS[code]}, ${syscall} '${path}'${to}${more}`)
  return Object.assign(error, { code, syscall, path, ...(dest === undefined ? {} : { dest }) })
}

/** An argument of the wrong type or value, with the code that Node gives it. */
export function argumentError(code: 'ERR_INVALID_ARG_TYPE' | 'ERR_INVALID_ARG_VALUE', why: string): Error {
  return Object.assign(new TypeError(why), { code })
}
