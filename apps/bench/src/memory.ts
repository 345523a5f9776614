/** Memory that processes hold, as Linux counts it. */
import { readFileSync } from 'node:fs'
import { childProcesses } from '@vitra/testkit'

const KIB = 1024

/** Resident bytes of a process and all below it; what they share counts for each. */
export function residentBytes(pid: number): number {
  const [, kib = 0] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) * KIB + childProcesses(pid).reduce((bytes, child) => bytes + residentBytes(child), 0)
}
