// The programs run as the README says, from what was built.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const run = async (example: string): Promise<string> => {
  const file = fileURLToPath(new URL(`../${example}/program.js`, import.meta.url))
  return (await promisify(execFile)(process.execPath, [file])).stdout
}

it('the counter', async () => {
  expect(await run('counter')).toBe(`the counter, read by bob: 42
bob counts down: the contract rejected the op: the counter only goes up
the audit of bob: valid after 4 ops
`)
}, 120_000)

it('the registry with several owners', async () => {
  expect(await run('multisig-registry')).toBe(`alice proposes, and signs thereby
release key: none
carol signs
release key: ssh-ed25519 AAAAC3Nz…, version 1
carol signs again: the contract rejected the op: the change is made
the audit of bob: valid
`)
}, 120_000)
