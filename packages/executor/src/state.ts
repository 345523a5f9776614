/** Where execution stands (spec/4-execution §1): the published index, and what the next batch is executed with. */
import { type IndexLog, IndexWriter, LogError, type Rules, type SignedHead } from '@vitra/log'
import { type Contract, type Sandbox, SandboxError, StateSession } from '@vitra/sandbox'
import { ExecutorError } from './errors.js'

/** The newest batch that is published. */
export interface Position {
  readonly head: SignedHead
  readonly number: number
  readonly lastTs: number
}

/** What the next batch is made over. */
export interface State {
  readonly position: Position
  readonly layout: IndexWriter
  readonly contract: Contract
  readonly session: StateSession
}

/** What it is read from. */
export interface StateSource {
  readonly index: IndexLog
  readonly sandbox: Sandbox
  readonly rules: Rules
}

/** As the index has it. @throws {ExecutorError} `CONTRACT_UNUSABLE` */
export async function readState({ index, sandbox, rules }: StateSource): Promise<State> {
  // The position comes first: where the log grows meanwhile, the append is refused.
  const position = await readPosition(index)
  const source = await index.read((snapshot) => snapshot.contractSource())
  const contract = await loadContract(source, sandbox, rules)
  return { position, contract, layout: await IndexWriter.open(index.log), session: new StateSession() }
}

/** The newest batch end and its head; the log may grow between the two reads. */
async function readPosition(index: IndexLog): Promise<Position> {
  for (;;) {
    const { version, record } = await index.read(async ({ version, record }) => ({ version, record }))
    const head = await index.log.head()
    if (head?.length === version) return { head, number: record.number, lastTs: record.lastTs }
  }
}

/** @throws {ExecutorError} `CONTRACT_UNUSABLE`; {@link SandboxError} where it may load later */
export async function loadContract(source: string, sandbox: Sandbox, rules: Rules): Promise<Contract> {
  try {
    return await sandbox.load(source, rules)
  } catch (cause) {
    if (isPassing(cause)) throw cause
    throw new ExecutorError(
      'CONTRACT_UNUSABLE',
      `the contract does not load here: ${(cause as Error).message}`,
      { cause },
    )
  }
}

/** True for an error of the sandbox that passes by itself. */
export function isPassing(error: unknown): error is SandboxError {
  return error instanceof SandboxError && PASSING.includes(error.code)
}

/** True where a disk did not take what was written. */
export function isOfDisk(error: unknown): error is LogError {
  return error instanceof LogError && OF_DISK.includes(error.code)
}

const OF_DISK: readonly string[] = ['JOURNAL_FAILED', 'JOURNAL_BROKEN', 'STORAGE_FAILED']
const PASSING: readonly string[] = ['CONTRACT_REFUSED', 'GUEST_NOT_STARTED']
