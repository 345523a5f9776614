/** Files and folders over the entries of the index (spec/10-scripts §3). Each operation is done at once, or throws. */
import { type FsErrorCode, type FsFault, fsError } from './fs-error.js'
import type { FileStore } from './host.js'
import { contentLength, FOLDER, isReserved, kindOf } from './layout.js'
import { childOf, isBelow, parentOf } from './paths.js'

/** What a path leads to: an encoded entry, or the root. */
type Found = Uint8Array | 'root'

export interface FileStat {
  readonly isFolder: boolean
  /** Bytes of the content; 0 for a folder. */
  readonly size: number
}

export interface FolderItem {
  readonly name: string
  readonly isFolder: boolean
}

export class Files {
  readonly #store: FileStore
  #folder: Uint8Array | null = null

  constructor(store: FileStore) {
    this.#store = store
  }

  /** @returns the first folder that it made, where `recursive` */
  mkdir(path: string, recursive: boolean): string | undefined {
    if (recursive) return this.#mkdirs(path)
    const fault = { syscall: 'mkdir', path }
    this.#writable(fault)
    if (path === '/') throw fsError('EEXIST', fault)
    this.#parent(fault)
    if (this.#store.read(path) !== null) throw fsError('EEXIST', fault)
    this.#makeFolder(path)
    return undefined
  }

  /** @param how `w` writes, `a` appends; with `x` the file must not be there */
  writeFile(path: string, content: string | Uint8Array, how: 'w' | 'wx' | 'a' | 'ax'): void {
    const fault = { syscall: 'open', path }
    this.#writable(fault)
    if (path === '/') throw fsError(how.includes('x') ? 'EEXIST' : 'EISDIR', fault)
    this.#parent(fault)
    const found = this.#store.read(path)
    if (found !== null && how.includes('x')) throw fsError('EEXIST', fault)
    if (found !== null && isFolder(found)) throw fsError('EISDIR', fault)
    const whole =
      how[0] === 'a' && found !== null ? this.#joined(this.#store.decode(found), content) : content
    this.#store.write(path, this.#store.encode(whole))
  }

  /** What was written: text or bytes. */
  readFile(path: string): string | Uint8Array {
    const found = this.#existing({ syscall: 'open', path })
    if (found === 'root' || isFolder(found)) throw fsError('EISDIR', { syscall: 'read', path })
    return this.#store.decode(found) as string | Uint8Array
  }

  readdir(path: string): FolderItem[] {
    const fault = { syscall: 'scandir', path }
    const found = this.#existing(fault)
    if (found !== 'root' && !isFolder(found)) throw fsError('ENOTDIR', fault)
    return this.#items(path)
  }

  stat(path: string, syscall = 'stat'): FileStat {
    const found = this.#existing({ syscall, path })
    const folder = found === 'root' || isFolder(found)
    return { isFolder: folder, size: folder ? 0 : contentLength(found) }
  }

  unlink(path: string): void {
    const fault = { syscall: 'unlink', path }
    this.#writable(fault)
    const found = this.#existing(fault)
    if (found === 'root' || isFolder(found)) throw fsError('EISDIR', fault)
    this.#store.write(path, null)
  }

  rmdir(path: string): void {
    const fault = { syscall: 'rmdir', path }
    this.#writable(fault)
    const found = this.#existing(fault)
    if (found === 'root') throw fsError('EBUSY', fault)
    if (!isFolder(found)) throw fsError('ENOTDIR', fault)
    if (this.#store.children(path, 1).length > 0) throw fsError('ENOTEMPTY', fault)
    this.#store.write(path, null)
  }

  rm(path: string, recursive: boolean, force: boolean): void {
    const fault = { syscall: 'rm', path }
    this.#writable(fault)
    const found = this.#lookUp(path)
    if (found === null) {
      const why = this.#whyNot(path)
      if (force && why === 'ENOENT') return
      throw fsError(why, { syscall: 'lstat', path })
    }
    if (found === 'root') throw fsError('EBUSY', fault)
    if (!isFolder(found)) this.#store.write(path, null)
    else if (recursive) this.#removeAll(path)
    else {
      const error = new Error(`Path is a directory: rm returned EISDIR (is a directory) ${path}`)
      throw Object.assign(error, { code: 'ERR_FS_EISDIR', syscall: 'rm', path })
    }
  }

  rename(path: string, dest: string): void {
    const fault = { syscall: 'rename', path, dest }
    this.#writable(fault)
    if (path === '/' || dest === '/') throw fsError('EBUSY', fault)
    this.#parent(fault)
    this.#parent(fault, dest)
    const moved = this.#store.read(path)
    if (moved === null) throw fsError('ENOENT', fault)
    if (path === dest) return
    if (isBelow(dest, path)) throw fsError('EINVAL', fault)
    if (isBelow(path, dest)) throw fsError('ENOTEMPTY', fault)
    const replaced = this.#store.read(dest)
    if (replaced !== null) {
      if (isFolder(moved) !== isFolder(replaced)) throw fsError(isFolder(moved) ? 'ENOTDIR' : 'EISDIR', fault)
      if (isFolder(replaced) && this.#store.children(dest, 1).length > 0) throw fsError('ENOTEMPTY', fault)
    }
    this.#move(path, dest, moved)
  }

  #mkdirs(path: string): string | undefined {
    const fault = { syscall: 'mkdir', path }
    this.#writable(fault)
    const missing: string[] = []
    for (let at = path; at !== '/'; at = parentOf(at)) {
      const found = this.#store.read(at)
      if (found === null) missing.push(at)
      else if (isFolder(found)) break
      else throw fsError(at === path ? 'EEXIST' : 'ENOTDIR', fault)
    }
    for (const at of missing.toReversed()) this.#makeFolder(at)
    return missing.at(-1)
  }

  #makeFolder(path: string): void {
    this.#folder ??= this.#store.encode(FOLDER)
    this.#store.write(path, this.#folder)
  }

  #items(path: string): FolderItem[] {
    const items: FolderItem[] = []
    for (const { name, value } of this.#store.children(path)) {
      if (isReserved(childOf(path, name))) continue
      items.push({ name, isFolder: value === null || isFolder(value) })
    }
    return items
  }

  #removeAll(path: string): void {
    for (const item of this.#items(path)) {
      const at = childOf(path, item.name)
      if (item.isFolder) this.#removeAll(at)
      else this.#store.write(at, null)
    }
    this.#store.write(path, null)
  }

  #move(path: string, dest: string, value: Uint8Array): void {
    this.#store.write(dest, value)
    if (isFolder(value)) {
      for (const { name, value: inner } of this.#store.children(path))
        if (inner !== null) this.#move(childOf(path, name), childOf(dest, name), inner)
    }
    this.#store.write(path, null)
  }

  #lookUp(path: string): Found | null {
    return path === '/' ? 'root' : this.#store.read(path)
  }

  /** @throws `ENOENT`, `ENOTDIR` where a file stands in the way */
  #existing(fault: FsFault): Found {
    const found = this.#lookUp(fault.path)
    if (found === null) throw fsError(this.#whyNot(fault.path), fault)
    return found
  }

  /** Sees that the folder is there in which something is to be. */
  #parent(fault: FsFault, path = fault.path): void {
    const parent = parentOf(path)
    if (parent === '/') return
    const found = this.#store.read(parent)
    if (found === null) throw fsError(this.#whyNot(parent), fault)
    if (!isFolder(found)) throw fsError('ENOTDIR', fault)
  }

  /** Why nothing is at a path: nothing was made there, or a file is in the way. */
  #whyNot(path: string): FsErrorCode {
    for (let at = parentOf(path); at !== '/'; at = parentOf(at)) {
      const found = this.#store.read(at)
      if (found !== null) return isFolder(found) ? 'ENOENT' : 'ENOTDIR'
    }
    return 'ENOENT'
  }

  /** Text and text make text; else both become bytes. */
  #joined(before: unknown, added: string | Uint8Array): string | Uint8Array {
    if (typeof before === 'string' && typeof added === 'string') return before + added
    const [first, second] = [before, added].map((part) =>
      typeof part === 'string' ? this.#store.toBytes(part) : this.#store.copyBytes(part as Uint8Array),
    )
    const whole = new Uint8Array(first!.length + second!.length)
    whole.set(first!)
    whole.set(second!, first!.length)
    return whole
  }

  #writable(fault: FsFault): void {
    if (this.#store.isWritable) return
    throw fsError('EROFS', { ...fault, hint: 'this is a read-only call: make it through db.api()' })
  }
}

function isFolder(encoded: Uint8Array): boolean {
  return kindOf(encoded) === 'folder'
}
