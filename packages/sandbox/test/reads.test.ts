/** What an op reads is kept until it ends: however often it reads, the host's memory holds it. */
import { encodeValue } from '@vitra/log/values'
import { describe, expect, it } from 'vitest'
import { Sandbox } from '../src/index.js'
import { MemorySource, RULES, stepOver } from './helpers.js'

describe('an op that reads much', () => {
  it('reads one thing once, however often it asks', async () => {
    await using sandbox = await Sandbox.open()
    const contract = await sandbox.load(
      `import { index } from 'contract'
       export async function apply (tx) {
         for (let n = 0; n < 50; n++) {
           await index.get('/a')
           await index.list('/')
           await index.list('/', { limit: 1 })
           await tx.list('/')
         }
         tx.put('/b', 1)
         return (await tx.list('/')).length + (await tx.list('/')).length
       }`,
      RULES,
    )
    const { outcome, reads } = await stepOver(sandbox, contract, new MemorySource({ '/a': 1 }), {})
    expect(outcome).toMatchObject({ kind: 'ok', value: encodeValue(4) })
    expect(reads.map(({ kind }) => kind)).toEqual(['get', 'list', 'list', 'list', 'list'])
  })

  it('runs out of fuel before the host has to keep more than it can', async () => {
    await using sandbox = await Sandbox.open()
    const contract = await sandbox.load(
      `import { index } from 'contract'
       export async function apply () { for (let n = 0; n < 1000; n++) await index.get('/large/' + n) }`,
      RULES,
    )
    const large = encodeValue(new Uint8Array(1_000_000))
    const source = new MemorySource()
    let asked = 0
    source.get = async () => {
      asked++
      return large
    }
    const { outcome } = await stepOver(sandbox, contract, source, {})
    expect(outcome).toMatchObject({ kind: 'failed', code: 'fuel', fuel: RULES.limits.fuelMax })
    expect(asked).toBeLessThan(60)
  })
})
