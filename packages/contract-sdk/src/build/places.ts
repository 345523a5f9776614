/** Where something in a built contract comes from. */
import { SourceMap, type SourceMapPayload } from 'node:module'
import path from 'node:path'

/** A place in one of the author's files. */
export interface Place {
  /** Absolute path. */
  readonly file: string
  /** 1-based. */
  readonly line: number
  /** 1-based. */
  readonly column: number
}

/** Looks places up. @param map a source map, JSON @param folder from which it names files */
export function places(map: string, folder: string): (line: number, column: number) => Place | null {
  const payload = JSON.parse(map) as SourceMapPayload
  const sourceMap = new SourceMap(payload)
  return (line, column) => {
    const found = sourceMap.findEntry(line - 1, column - 1)
    if (!('originalSource' in found) || found.originalSource === undefined) return null
    return {
      file: path.resolve(folder, found.originalSource),
      line: found.originalLine + 1,
      column: found.originalColumn + 1,
    }
  }
}
