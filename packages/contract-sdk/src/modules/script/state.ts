/** The global `state` of a script: names and manners of Node's `fs/promises` (spec/10-scripts §3). */
import type { Files, FolderItem } from './files.js'
import { argumentError, fsError } from './fs-error.js'
import type { FileStore, ScriptRealm } from './host.js'
import { GIVEN_UNITS_FREE, GIVEN_UNITS_MAX, isCanonical, resolvePath } from './paths.js'
import type { Promises } from './promised.js'

/** What `stat` tells. */
export interface StateStats {
  /** Bytes of the content: of a text, in UTF-8. */
  readonly size: number
  /** True where it is a file. */
  isFile(): boolean
  /** True where it is a folder. */
  isDirectory(): boolean
}

/** What `readdir` gives with `withFileTypes`. */
export interface StateDirent {
  readonly name: string
  readonly parentPath: string
  /** True where it is a file. */
  isFile(): boolean
  /** True where it is a folder. */
  isDirectory(): boolean
}

type StateEncoding = 'utf8' | 'utf-8'
type StateFlag = 'w' | 'wx' | 'a' | 'ax'
type Write = StateEncoding | { encoding?: StateEncoding | null; flag?: StateFlag } | null

/** Files and folders of the database. Errors are those of Node: `ENOENT`, `EEXIST`, `ENOTDIR`, `EISDIR`, `ENOTEMPTY`, … */
export interface ScriptState {
  /** Rejects with `ENOENT` where there is neither a file nor a folder. */
  access(path: string): Promise<void>
  /** Adds to the end of a file, which is made where there is none. */
  appendFile(path: string, data: string | Uint8Array, options?: Write): Promise<void>
  /**
   * Makes a folder; with `recursive` those above it too, and it may be there.
   *
   * @returns the first folder that was made, where `recursive`
   */
  mkdir(path: string, options?: { recursive?: boolean }): Promise<string | undefined>
  /** The text of a file; `EINVAL` where its bytes are none. */
  readFile(path: string, options: StateEncoding | { encoding: StateEncoding }): Promise<string>
  /** The bytes of a file; of a text, in UTF-8. */
  readFile(path: string, options: { encoding: null }): Promise<Uint8Array>
  /** What was written, text or bytes. */
  readFile(path: string, options?: { encoding?: undefined } | null): Promise<string | Uint8Array>
  /** What is in a folder, in byte order of the names. */
  readdir(path: string, options: { withFileTypes: true }): Promise<StateDirent[]>
  /** Names of what is in a folder, in byte order. */
  readdir(path: string, options?: { withFileTypes?: false }): Promise<string[]>
  /** Moves a file, or a folder with all that it holds; a file, or an empty folder, that is there is replaced. */
  rename(path: string, newPath: string): Promise<void>
  /** Removes a file; with `recursive` a folder with all that it holds; with `force` also where there is none. */
  rm(path: string, options?: { recursive?: boolean; force?: boolean }): Promise<void>
  /** Removes an empty folder. */
  rmdir(path: string): Promise<void>
  /** Kind and size. */
  stat(path: string): Promise<StateStats>
  /** Removes a file. */
  unlink(path: string): Promise<void>
  /** Writes a whole file; the folder must be there. With the flag `wx` the file must not. */
  writeFile(path: string, data: string | Uint8Array, options?: Write): Promise<void>
}

export interface StateParts {
  readonly files: Files
  readonly store: FileStore
  readonly promises: Promises
  readonly realm: ScriptRealm
}

/** Makes the `state` of one call. */
export function createState({ files, store, promises, realm }: StateParts): ScriptState {
  const at = (path: unknown, syscall: string): string => {
    if (typeof path === 'string' && !isCanonical(path))
      realm.charge(Math.max(0, Math.min(path.length, GIVEN_UNITS_MAX) - GIVEN_UNITS_FREE))
    return resolvePath(path, syscall, (text) => store.pathFault(text))
  }
  const options = (given: unknown, names: readonly string[]): Given =>
    typeof given === 'string' ? { encoding: given } : picked(given, names, realm)
  /** Does an operation at once, at no price but that of the entries it reads and writes. */
  const does = <T>(work: () => T): Promise<T> => realm.unmetered(() => promises.of(work))
  const write = (path: unknown, data: unknown, given: unknown, flag: StateFlag): Promise<void> =>
    does(() => {
      const chosen = options(given, ['encoding', 'flag'])
      encodingOf(chosen)
      files.writeFile(at(path, 'open'), contentOf(data, store), flagOf(chosen, flag))
    })
  return {
    access: (path) => does(() => void files.stat(at(path, 'access'), 'access')),
    appendFile: (path, data, given) => write(path, data, given, 'a'),
    mkdir: (path, given) =>
      does(() => files.mkdir(at(path, 'mkdir'), options(given, ['recursive']).recursive === true)),
    readFile: ((path: string, given?: unknown) =>
      does(() => {
        const encoding = encodingOf(options(given, ['encoding']))
        const resolved = at(path, 'open')
        return decoded(files.readFile(resolved), encoding, resolved, store)
      })) as ScriptState['readFile'],
    readdir: ((path: string, given?: unknown) =>
      does(() => {
        const folder = at(path, 'scandir')
        const items = files.readdir(folder)
        const isTyped = options(given, ['withFileTypes']).withFileTypes === true
        return isTyped ? items.map((item) => dirent(item, folder)) : items.map(({ name }) => name)
      })) as ScriptState['readdir'],
    rename: (path, newPath) => does(() => files.rename(at(path, 'rename'), at(newPath, 'rename'))),
    rm: (path, given) =>
      does(() => {
        const { recursive, force } = options(given, ['recursive', 'force'])
        files.rm(at(path, 'rm'), recursive === true, force === true)
      }),
    rmdir: (path) => does(() => files.rmdir(at(path, 'rmdir'))),
    stat: (path) =>
      does(() => {
        const { isFolder, size } = files.stat(at(path, 'stat'))
        return { size, isFile: () => !isFolder, isDirectory: () => isFolder }
      }),
    unlink: (path) => does(() => files.unlink(at(path, 'unlink'))),
    writeFile: (path, data, given) => write(path, data, given, 'w'),
  }
}

type Given = Readonly<Record<string, unknown>>

/** The named options, each read once: reading may run code of the script. */
function picked(given: unknown, names: readonly string[], realm: ScriptRealm): Given {
  if (given === undefined || given === null) return {}
  if (typeof given !== 'object') throw argumentError('ERR_INVALID_ARG_TYPE', 'options are an object')
  return realm.metered(() =>
    Object.fromEntries(names.map((name) => [name, (given as Record<string, unknown>)[name]])),
  )
}

function encodingOf({ encoding }: Given): 'utf8' | null | undefined {
  if (encoding === undefined || encoding === null) return encoding
  if (encoding === 'utf8' || encoding === 'utf-8') return 'utf8'
  throw argumentError('ERR_INVALID_ARG_VALUE', "an encoding is 'utf8', or null for bytes")
}

function flagOf({ flag }: Given, usual: StateFlag): StateFlag {
  if (flag === undefined || flag === null) return usual
  if (flag === 'w' || flag === 'wx' || flag === 'a' || flag === 'ax') return flag
  throw argumentError('ERR_INVALID_ARG_VALUE', "a flag is 'w', 'wx', 'a' or 'ax'")
}

function contentOf(data: unknown, store: FileStore): string | Uint8Array {
  if (store.isBytes(data)) return data
  if (typeof data !== 'string')
    throw argumentError('ERR_INVALID_ARG_TYPE', 'what is written to a file is a text or a Uint8Array')
  if (!data.isWellFormed()) throw argumentError('ERR_INVALID_ARG_VALUE', 'the text holds a lone surrogate')
  return data
}

function decoded(
  content: string | Uint8Array,
  encoding: 'utf8' | null | undefined,
  path: string,
  store: FileStore,
): string | Uint8Array {
  if (encoding === undefined || (typeof content === 'string') === (encoding === 'utf8')) return content
  if (typeof content === 'string') return store.toBytes(content)!
  const text = store.toText(content)
  if (text === null) throw fsError('EINVAL', { syscall: 'read', path, hint: 'the bytes are no UTF-8 text' })
  return text
}

function dirent({ name, isFolder }: FolderItem, parentPath: string): StateDirent {
  return { name, parentPath, isFile: () => !isFolder, isDirectory: () => isFolder }
}
