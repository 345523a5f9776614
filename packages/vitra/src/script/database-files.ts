/** `db.files`: the files and folders of a script, read with the names of Node's `fs/promises` (spec/10-scripts §3). */
import type { FileReads, StateDirent, StateStats } from '@vitra/contract-sdk/script'
import type { IndexSnapshot } from '@vitra/log'
import { readFiles } from './fetched-store.js'
import type { ScriptVersions } from './script-versions.js'

type Encoding = 'utf8' | 'utf-8'

/** How `readdir` lists a folder. */
export interface ReaddirOptions {
  /** Objects that tell files from folders, instead of names. */
  readonly withFileTypes?: boolean
  /** Also what lies in the folders below, each folder before what it holds; names are paths from the listed folder. */
  readonly recursive?: boolean
}

/** Does work on the state at the version that is read. */
type Reading = <T>(work: (snapshot: IndexSnapshot) => Promise<T>) => Promise<T>

/**
 * Files at one version. A path begins at the root whether it begins with `/` or not. What the database keeps besides files,
 * below `/.sys`, `/.script` and `/.exports`, is not listed and cannot be read here (`EPERM`). Functions reject as those of Node, with
 * `code`, `syscall` and `path`; where the contract is no script, with {@link DatabaseError} `NOT_A_SCRIPT`.
 */
class FilesReader {
  readonly #read: Reading

  constructor(read: Reading) {
    this.#read = read
  }

  /** Resolves where something is at a path. @param mode as Node takes it: for writing it is `EROFS` */
  access(path: string, mode?: number): Promise<void> {
    return this.#files((files) => files.access(path, mode))
  }

  /**
   * The content of a file: what was written, a text or bytes; with an encoding a text, with `{encoding: null}` bytes.
   *
   * @throws `ENOENT`, `ENOTDIR`, `EISDIR`, `EINVAL` where bytes are no UTF-8 text, `EPERM`
   * @example await db.files.readFile('/topics/1/title') // 'Hello world'
   */
  readFile(path: string, options: Encoding | { encoding: Encoding }): Promise<string>
  readFile(path: string, options: { encoding: null }): Promise<Uint8Array>
  readFile(path: string, options?: { encoding?: undefined } | null): Promise<string | Uint8Array>
  readFile(path: string, options?: unknown): Promise<string | Uint8Array> {
    return this.#files((files) => files.readFile(path, options as { encoding: null }))
  }

  /**
   * What a folder holds, in byte order of the names.
   *
   * @throws `ENOENT`, `ENOTDIR`, `EPERM`
   * @example await db.files.readdir('/', { recursive: true }) // ['topics', 'topics/1', 'topics/1/1', 'topics/1/title']
   */
  readdir(path: string, options: ReaddirOptions & { withFileTypes: true }): Promise<StateDirent[]>
  readdir(path: string, options?: ReaddirOptions & { withFileTypes?: false }): Promise<string[]>
  readdir(path: string, options: ReaddirOptions = {}): Promise<(string | StateDirent)[]> {
    return this.#read(async (snapshot) => {
      const { withFileTypes = false, recursive = false } = options ?? {}
      const found: (string | StateDirent)[] = []
      for await (const { item, name } of walk(snapshot, path, recursive))
        found.push(withFileTypes ? item : name)
      return found
    })
  }

  /** Size of a file in bytes, of a text in UTF-8, and what it is. @throws `ENOENT`, `ENOTDIR`, `EPERM` */
  stat(path: string): Promise<StateStats> {
    return this.#files((files) => files.stat(path))
  }

  #files<T>(work: (files: FileReads) => Promise<T>): Promise<T> {
    return this.#read((snapshot) => readFiles(snapshot, work))
  }
}

/** Files as they were at one version. */
export class PastFiles extends FilesReader implements AsyncDisposable {
  /** A batch end of the index, as `db.index.at` takes it. */
  readonly version: number

  constructor(version: number, read: Reading) {
    super(read)
    this.version = version
  }

  /** Tells that it is not used any more; it holds nothing that would have to be freed. */
  async close(): Promise<void> {}

  /** `await using` closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** The newest files of a script, or those of any past version with `at`; one call sees one version. */
export class DatabaseFiles extends FilesReader {
  readonly #versions: ScriptVersions

  constructor(versions: ScriptVersions) {
    super((work) => versions.read(work))
    this.#versions = versions
  }

  /**
   * The files as they were; without a version as they are now, for several calls that are to see the same.
   *
   * @throws {LogError} `NOT_A_BATCH_END`, `BLOCK_MISSING`; {@link DatabaseError} `NOT_A_SCRIPT`
   * @example
   * await using before = await db.files.at(version)
   * await before.readFile('/topics/1/title', 'utf8')
   */
  async at(version?: number): Promise<PastFiles> {
    const versions = this.#versions
    const snapshot = await versions.read(async (found) => found, version)
    return new PastFiles(snapshot.version, (work) => versions.use(() => work(snapshot)))
  }
}

interface Walked {
  readonly item: StateDirent
  /** Path from the folder in which the walk began. */
  readonly name: string
}

/** What a folder holds, and with `recursive` what lies below. */
async function* walk(
  snapshot: IndexSnapshot,
  folder: string,
  recursive: boolean,
  before = '',
): AsyncGenerator<Walked> {
  const items = await readFiles(snapshot, (files) => files.readdir(folder, { withFileTypes: true }))
  for (const item of items) {
    const name = before + item.name
    yield { item, name }
    if (!recursive || !item.isDirectory()) continue
    yield* walk(snapshot, `${item.parentPath}/${item.name}`, recursive, `${name}/`)
  }
}
