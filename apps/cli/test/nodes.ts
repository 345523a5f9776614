/** Alice's database in one folder, a place for Bob's copy in another, and a network between them. */
import { writeFile } from 'node:fs/promises'
import { TemporaryFolder } from '@vitra/testkit'
import { CONTRACT } from './contract.js'
import { json, type Live, localNetwork } from './vitra.js'

export async function aliceAndBob() {
  const folder = await TemporaryFolder.make()
  const network = await localNetwork()
  await writeFile(folder.at('contract.js'), CONTRACT)
  const on = (name: string) => ({ cwd: folder.path, env: { ...network.env, VITRA_DIR: folder.at(name) } })
  const alice = on('alice')
  const bob = on('bob')
  const { key } = await json<{ key: string }>(['init', 'contract.js'], alice)
  return {
    key,
    alice,
    bob,
    folder,
    async [Symbol.asyncDispose]() {
      await network[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** Waits until others find a host. */
export const hosting = (host: Live) => host.until(({ event }) => event === 'announced')
