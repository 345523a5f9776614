/**
 * A process that checks parts of an audit (spec/7-proofs §8): it reads the folder beside the process that has it open, and
 * writes nothing. `WorkerProcess` starts it.
 */
import { IndexLog, type Input, Log, oplogIdentity, Storage } from '@vitra/log'
import { Sandbox } from '@vitra/sandbox'
import type { AuditPart } from '../verdict.js'
import { PartWorker } from './part-worker.js'
import type { FromWorker, ToWorker, WorkerSettings } from './worker-messages.js'

let opened: Promise<PartWorker>

async function open({ folder, sandbox: options }: WorkerSettings): Promise<PartWorker> {
  const storage = Storage.at(folder)
  const { key } = await storage.load({ readOnly: true })
  const index = await IndexLog.open(await Log.open(storage, key))
  const sandbox = await Sandbox.open(options)
  const openOplog = ({ signer }: Input) => Log.open(storage, oplogIdentity(signer, key))
  // A doubt is for the process that gives the verdict to look at.
  return new PartWorker({ index, sandbox, openOplog, openEngine: async () => null })
}

async function check(part: AuditPart): Promise<void> {
  const worker = await opened
  tell({ checked: await worker.check(part, (batch) => tell({ batch })) })
}

function tell(message: FromWorker): void {
  process.send!(message)
}

process.on('message', (message: ToWorker) => {
  if ('settings' in message) opened = open(message.settings)
  else opened.then(() => check(message.part)).catch(fail)
  opened.catch(fail)
})
// Nobody asks any more. Nothing was written: nothing has to be closed.
process.on('disconnect', () => process.exit())

/** Whoever asked sees the process end, and checks the part itself. */
function fail(error: Error): void {
  process.stderr.write(`a worker of the audit failed: ${error.message}\n`)
  process.exit(1)
}
