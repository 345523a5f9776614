/** The worker processes of an audit (spec/7-proofs §8), ended with it. */
import type { IndexLog, Storage } from '@vitra/log'
import { type AuditTeam, WorkerProcess } from '@vitra/verifier/replay'
import { DatabaseError } from './errors.js'
import type { OpenOptions, VerifyOptions } from './options.js'

/** Fewer blocks of the index than this are checked sooner than a second process has started. */
const BLOCKS_MIN = 8000
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
  { workers = 1, range, sample, hashOnly }: VerifyOptions,
): (AuditTeam & AsyncDisposable) | undefined {
  if (!Number.isSafeInteger(workers) || workers < 1 || workers > WORKERS_MAX)
    throw new DatabaseError(
      'OPTIONS_INVALID',
      `workers is a whole number from 1 to ${WORKERS_MAX}, not ${workers}`,
    )
  const { length } = index
  const isWhole = range === undefined && sample === undefined && !hashOnly
  if (workers === 1 || !isWhole || length < BLOCKS_MIN) return undefined
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
