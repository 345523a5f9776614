// Checks proofs with nothing but their files and the key of the database, on the built package. One line of JSON each.
import { readFile } from 'node:fs/promises'
import { Sandbox } from '@vitra/sandbox'
import { check } from '@vitra/verifier/replay'

const [, , pubkey, ...files] = process.argv
// The sandboxes that many checks open have guests then, which they share.
const kept = []
if (files.length > 1) {
  const own = await Sandbox.open()
  kept.push(own, await Sandbox.open({ engine: own.engine, engines: {} }))
}
for (const file of files) {
  const { ok, code, proves } = await check(await readFile(file), { pubkey })
  const { kind, violation, log } = proves ?? {}
  console.log(JSON.stringify({ ok, code, kind, violation: violation?.code, participant: log?.participant }))
}
for (const sandbox of kept) await sandbox.close()
