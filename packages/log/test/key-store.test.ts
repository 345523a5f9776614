/** spec/8-durability §3: secret keys on disk. */
import { readdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { KeyStore, sign, sodiumCrypto, toHex } from '../src/index.js'
import { fixedKeyPair, temporaryFolder, text } from './helpers.js'

async function newStore(): Promise<{ folder: string; keys: KeyStore }> {
  const folder = path.join(await temporaryFolder(), 'keys')
  return { folder, keys: new KeyStore(folder) }
}

describe('key store', () => {
  it('keeps what it makes, in files of its owner only', async () => {
    const { folder, keys } = await newStore()
    expect(await keys.list()).toEqual([])
    const pair = await keys.create()
    expect(await keys.get(pair.publicKey)).toEqual(pair)
    expect(await keys.list()).toEqual([pair.publicKey])
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    const names = await readdir(folder)
    expect(names).toEqual([`${toHex(pair.publicKey)}.json`])
    expect((await stat(path.join(folder, names[0]!))).mode & 0o777).toBe(0o600)
  })

  it('makes pairs that sign', async () => {
    const { keys } = await newStore()
    const { publicKey, secretKey } = await keys.create()
    const signature = sign(text('hello'), secretKey)
    expect(sodiumCrypto.verify(text('hello'), signature, publicKey)).toBe(true)
    expect(sodiumCrypto.verify(text('hallo'), signature, publicKey)).toBe(false)
  })

  it('moves an identity to another machine', async () => {
    const { keys } = await newStore()
    const other = (await newStore()).keys
    const pair = await keys.create()
    const exported = await keys.export(pair.publicKey)
    const travelled = JSON.parse(JSON.stringify(exported))
    expect(await other.import(travelled)).toEqual(pair)
    expect(await other.get(pair.publicKey)).toEqual(pair)
    expect(await other.import(travelled)).toEqual(pair)
    expect(await other.list()).toEqual([pair.publicKey])
  })

  it('has no pair for a key it does not keep', async () => {
    const { keys } = await newStore()
    const { publicKey } = fixedKeyPair(1)
    expect(await keys.get(publicKey)).toBe(null)
    await expect(keys.export(publicKey)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' })
  })

  it('refuses what is no identity', async () => {
    const { keys } = await newStore()
    const good = {
      format: 1,
      publicKey: toHex(fixedKeyPair(1).publicKey),
      secretKey: toHex(fixedKeyPair(1).secretKey),
    }
    const bad: unknown[] = [
      null,
      undefined,
      'identity',
      {},
      { ...good, format: 2 },
      { ...good, publicKey: toHex(fixedKeyPair(2).publicKey) },
      { ...good, publicKey: good.publicKey.toUpperCase() },
      { ...good, secretKey: good.secretKey.slice(2) },
      { ...good, secretKey: 0 },
    ]
    for (const identity of bad) {
      await expect(keys.import(identity)).rejects.toMatchObject({ name: 'LogError', code: 'KEY_INVALID' })
    }
    expect(await keys.list()).toEqual([])
  })

  it('reports a key file that is damaged or that holds another key', async () => {
    const { folder, keys } = await newStore()
    const pair = await keys.create()
    const other = await keys.create()
    const file = path.join(folder, `${toHex(pair.publicKey)}.json`)
    await writeFile(file, '{"format": 1,')
    await expect(keys.get(pair.publicKey)).rejects.toMatchObject({ code: 'KEY_INVALID' })
    await writeFile(file, JSON.stringify(await keys.export(other.publicKey)))
    await expect(keys.get(pair.publicKey)).rejects.toMatchObject({ code: 'KEY_INVALID' })
  })
})
