/** Folders for tests, removed when a test is done. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

export class TemporaryFolder implements AsyncDisposable {
  readonly path: string

  private constructor(folder: string) {
    this.path = folder
  }

  static async make(): Promise<TemporaryFolder> {
    return new TemporaryFolder(await mkdtemp(path.join(tmpdir(), 'vitra-test-')))
  }

  /** Path of something inside. */
  at(...names: string[]): string {
    return path.join(this.path, ...names)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}
