/** The results of an earlier run, as they were committed: runs since then may have written over the file. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { FORMAT, type Results } from './summary.js'

/** Null where there is none of today's form. */
export function lastRun(file: string): Results | null {
  const text = committed(file) ?? written(file)
  if (text === null) return null
  const { format, ...results } = JSON.parse(text) as Results
  return format === FORMAT ? { format, ...results } : null
}

function committed(file: string): string | null {
  try {
    const [cwd, name] = [path.dirname(file), `HEAD:./${path.basename(file)}`]
    return execFileSync('git', ['show', name], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return null // not a clone, or not in it
  }
}

function written(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
