/** How the monitor of a folder is doing, in a file there: what remains to be read when its process is gone. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding, MonitorStatus, Violation } from 'vitra'
import { isAlive } from '../holder/mark.js'

const FILE = 'monitor.json'
const FORMAT = 1

export interface MonitorRecord {
  /** Public key of the database, hex. */
  readonly key: string
  /** The command whose process the monitor runs in. */
  readonly command: string
  readonly pid: number
  /** When it began, as an ISO date. */
  readonly since: string
  readonly status: MonitorStatus
  /** Length of the index from which it checks, up to which it has checked, and that is here. */
  readonly from: number
  readonly version: number
  readonly length: number
  /** The longest index that a peer has told of. */
  readonly knownLength: number
  /** Tree hash of the index at `version`, hex; null before anything was checked. */
  readonly treeHash: string | null
  /** What this monitor has checked itself. */
  readonly batches: number
  readonly ops: number
  /** What keeps it from saying more. */
  readonly findings: readonly Finding[]
  readonly violation: Violation | null
  /** Why it could not go on the last time, such as a full disk. */
  readonly failure: { readonly code: string; readonly message: string } | null
  /** When this was written, as an ISO date. */
  readonly told: string
  /** When it was stopped, as an ISO date; null while it runs, or where its process died. */
  readonly ended: string | null
}

/** The record of the last monitor that kept one; null where there is none that can be read. */
export function readRecord(folder: string): MonitorRecord | null {
  try {
    const { format, ...record } = JSON.parse(readFileSync(path.join(folder, FILE), 'utf8'))
    return format === FORMAT && isRecord(record) ? record : null
  } catch {
    return null // no such file, or none that was written whole
  }
}

/** How long a process may take to say that it has ended, in ms, and how often to look. */
const END_MS = 5000
const LOOK_MS = 50

/** The same, of a folder that no process keeps: one that is about to end is waited for. */
export async function settledRecord(folder: string): Promise<MonitorRecord | null> {
  // A number that another process has got since is believed for this long only.
  const deadline = performance.now() + END_MS
  for (;;) {
    const record = readRecord(folder)
    const isEnding = record !== null && record.ended === null && isAlive(record.pid)
    if (!isEnding || performance.now() > deadline) return record
    await sleep(LOOK_MS)
  }
}

/** @throws the system's error where the folder cannot be written */
export function writeRecord(folder: string, record: MonitorRecord): void {
  const file = path.join(folder, FILE)
  writeFileSync(`${file}.next`, `${JSON.stringify({ format: FORMAT, ...record })}\n`)
  renameSync(`${file}.next`, file)
}

function isRecord(record: Partial<MonitorRecord>): record is MonitorRecord {
  const { command, since, status, told, version, findings } = record
  return (
    [command, since, status, told].every((text) => typeof text === 'string') &&
    Number.isSafeInteger(version) &&
    Array.isArray(findings)
  )
}
