/** Memory that processes hold, as Linux counts it. */
import { readFileSync } from 'node:fs'
import { childProcesses } from '@vitra/testkit'

const KIB = 1024

/** Resident bytes of a process and all below it; what several share is counted once in all (PSS). */
export function residentBytes(pid: number): number {
  const [, kib = 0] = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? []
  return Number(kib) * KIB + childProcesses(pid).reduce((bytes, child) => bytes + residentBytes(child), 0)
}
