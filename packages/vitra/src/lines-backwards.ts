/** Reads a file of lines from its end, so that what is new is found without reading what is old. */
import { type FileHandle, open } from 'node:fs/promises'

const CHUNK_BYTES = 64 * 1024
const NEWLINE = 10

/** The lines of a file, newest first, the one after the last newline included; none where there is no file. */
export async function* linesBackwards(path: string): AsyncGenerator<string> {
  const file = await openUnlessAbsent(path)
  if (file === null) return
  try {
    let { size: from } = await file.stat()
    /** What was read of lines whose beginning is not read yet: the parts of one line, first part first. */
    let parts: Buffer[] = []
    while (from > 0) {
      const length = Math.min(CHUNK_BYTES, from)
      from -= length
      const chunk = Buffer.alloc(length)
      await file.read(chunk, 0, length, from)
      let end = length
      for (let at = chunk.lastIndexOf(NEWLINE); at !== -1; at = chunk.lastIndexOf(NEWLINE, at - 1)) {
        yield text([chunk.subarray(at + 1, end), ...parts])
        parts = []
        end = at
        if (at === 0) break
      }
      parts = [chunk.subarray(0, end), ...parts]
    }
    yield text(parts)
  } finally {
    await file.close()
  }
}

function text(parts: readonly Buffer[]): string {
  return Buffer.concat(parts).toString('utf8')
}

/** True where a file ends in the middle of a line. */
export async function endsTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat()
  if (size === 0) return false
  const last = Buffer.alloc(1)
  await file.read(last, 0, 1, size - 1)
  return last[0] !== NEWLINE
}

async function openUnlessAbsent(path: string): Promise<FileHandle | null> {
  return open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}
