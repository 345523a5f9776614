/** Paths as scripts write them (spec/10-scripts §3): relative to the root, `.` and `..` resolved by their text. */
import { argumentError, fsError } from './fs-error.js'
import { isReserved } from './layout.js'

/** Of a path that has to be resolved, so much costs nothing. */
export const GIVEN_UNITS_FREE = 256
/** Longest text that is looked at as a path: no path of the index is so long. */
export const GIVEN_UNITS_MAX = 4096

/**
 * The canonical form of a path.
 *
 * @param fault why a text is no path of the index; null where it is one
 * @throws `ERR_INVALID_ARG_TYPE`, `EINVAL`, `ENAMETOOLONG`, `EPERM`, each with `syscall`
 */
export function resolvePath(
  given: unknown,
  syscall: string,
  fault: (path: string) => 'long' | 'form' | null,
): string {
  if (typeof given !== 'string')
    throw argumentError('ERR_INVALID_ARG_TYPE', `${syscall}: a path is a text such as '/topics/1'`)
  if (given === '') throw fsError('ENOENT', { syscall, path: given })
  if (given.length > GIVEN_UNITS_MAX)
    throw fsError('ENAMETOOLONG', { syscall, path: `${given.slice(0, 64).toWellFormed()}…` })
  const path = isCanonical(given) ? given : canonical(given)
  if (path === '/') return path
  const why = fault(path)
  if (why !== null)
    throw fsError(why === 'long' ? 'ENAMETOOLONG' : 'EINVAL', { syscall, path: given.toWellFormed() })
  if (isReserved(path)) throw fsError('EPERM', { syscall, path, hint: 'the name is reserved' })
  return path
}

/** True for a path that is as the index has it, or the root. */
export function isCanonical(path: string): boolean {
  return (
    path === '/' || (path[0] === '/' && !path.includes('//') && !path.includes('/.') && !path.endsWith('/'))
  )
}

function canonical(path: string): string {
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  return `/${segments.join('/')}`
}

/** The folder that a path is in. */
export function parentOf(path: string): string {
  const at = path.lastIndexOf('/')
  return at <= 0 ? '/' : path.slice(0, at)
}

/** The path of what a folder holds. */
export function childOf(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

/** True where a path is somewhere below another. */
export function isBelow(path: string, folder: string): boolean {
  return folder === '/' ? path !== '/' : path.startsWith(`${folder}/`)
}
