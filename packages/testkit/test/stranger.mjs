// Checks proofs with nothing but their files and the key of the database, on the built package. One line of JSON each.
import { readFile } from 'node:fs/promises'
import { check } from '@vitra/verifier/replay'

const [, , pubkey, ...files] = process.argv
for (const file of files) {
  const { ok, code, proves } = await check(await readFile(file), { pubkey })
  const { kind, violation, log } = proves ?? {}
  console.log(JSON.stringify({ ok, code, kind, violation: violation?.code, participant: log?.participant }))
}
