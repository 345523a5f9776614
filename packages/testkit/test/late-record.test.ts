/** An executor that signed a head inside a batch cannot take it back by ending the batch later. */
import { IndexLog, type Input, Log, LogWriter, oplogIdentity, Storage } from '@vitra/log'
import { Sandbox } from '@vitra/sandbox'
import { Auditor, check } from '@vitra/verifier/replay'
import { expect, it } from 'vitest'
import { EndsInsideBatch, publishInto, readHistory, TemporaryFolder } from '../src/index.js'
import { writeHonestHistory } from './honest-history.js'

class EndsLate extends EndsInsideBatch {
  late: Uint8Array[] = []

  override blocks(blocks: Uint8Array[], number: number): Uint8Array[] {
    const published = super.blocks(blocks, number)
    this.late = blocks.slice(published.length)
    return published
  }
}

it('a head inside a batch is proved although the batch has ended since', async () => {
  await using folder = await TemporaryFolder.make()
  await writeHonestHistory(folder.at('honest'))
  const history = await readHistory(folder.at('honest'))
  await using sandbox = await Sandbox.open()
  await using storage = Storage.temporary()
  await storage.create()
  const liar = new EndsLate()
  liar.tell(history)
  const log = await publishInto(history, storage, liar)
  const index = await IndexLog.open(log)
  const openOplog = ({ signer }: Input) => Log.open(storage, oplogIdentity(signer, log.key))
  const auditor = new Auditor({ index, sandbox, openOplog })
  expect(await auditor.advance()).toMatchObject({ violation: { code: 'head-inside-batch' } })
  expect(liar.late).toHaveLength(1)
  const writer = await LogWriter.open(log, storage, history.owner)
  await writer.append(liar.late)
  await writer.close()
  const proof = await auditor.proveFraud()
  expect(await check(proof, { pubkey: log.key, sandbox })).toMatchObject({
    ok: true,
    proves: { violation: { code: 'head-inside-batch' } },
  })
  await index.close()
})
