/** The worker processes of an audit (spec/7-proofs §8), ended with it. */
import { availableParallelism } from 'node:os'
import type { IndexLog, Storage } from '@vitra/log'
import { type AuditTeam, WorkerProcess } from '@vitra/verifier/replay'
import { DatabaseError } from './errors.js'
import type { OpenOptions, VerifyOptions } from './options.js'

/**
 * Fewer blocks of the index than this are checked sooner by one process, where the processor has no core to spare for each
 * worker and its guest. On two cores two workers were 3 times slower over 10 thousand ops, 1.2 times over 100 thousand, and
 * 1.3 times faster over a million.
 */
const BLOCKS_MIN = 600_000
/** The same where there are two cores for each worker: reckoned from what their start takes. */
const BLOCKS_MIN_ROOMY = 50_000
const CORES_EACH = 2
/**
 * Parts for each worker: several, so that all are done at about the same time and little is lost when an audit is stopped;
 * each begins with nothing in memory.
 */
const PARTS = 4
/** A part begins with nothing in memory: a very short one is mostly that. */
const PART_BLOCKS_MIN = 2000
const WORKERS_MAX = 64

interface TeamHost {
  readonly index: IndexLog
  readonly storage: Storage
  readonly sandbox: OpenOptions['sandbox']
}

/** Undefined where one process does it all. @throws {DatabaseError} `OPTIONS_INVALID` */
export function openTeam(
  { index, storage, sandbox }: TeamHost,
  { workers = 1, workersFrom, range, sample, hashOnly }: VerifyOptions,
): (AuditTeam & AsyncDisposable) | undefined {
  if (!Number.isSafeInteger(workers) || workers < 1 || workers > WORKERS_MAX)
    throw new DatabaseError(
      'OPTIONS_INVALID',
      `workers is a whole number from 1 to ${WORKERS_MAX}, not ${workers}`,
    )
  const from = workersFrom ?? blocksMin(workers)
  if (!Number.isSafeInteger(from) || from < 0)
    throw new DatabaseError('OPTIONS_INVALID', `workersFrom is a whole number from 0 on, not ${from}`)
  const { length } = index
  const isWhole = range === undefined && sample === undefined && !hashOnly
  if (workers === 1 || !isWhole || length < from) return undefined
  const settings = { folder: storage.path, ...(sandbox === undefined ? {} : { sandbox }) }
  const processes = Array.from({ length: workers }, () => new WorkerProcess(settings))
  return {
    workers: processes,
    partBlocks: Math.max(PART_BLOCKS_MIN, Math.ceil(length / (workers * PARTS))),
    async [Symbol.asyncDispose]() {
      await Promise.all(processes.map((worker) => worker.close()))
    },
  }
}

function blocksMin(workers: number): number {
  return availableParallelism() >= CORES_EACH * workers ? BLOCKS_MIN_ROOMY : BLOCKS_MIN
}
