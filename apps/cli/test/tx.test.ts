/** Calls made from here, looked at later. */
import { describe, expect, it } from 'vitest'
import { check, withDatabase } from './database.js'
import { json, vitra } from './vitra.js'

describe('a call', () => {
  it('can be looked at later: what became of each op, its changes, and its fuel with the limit', async () => {
    await using made = await withDatabase()
    const { at } = made
    const { txId } = await json<{ txId: string }>(['call', 'increment', '--amount', '2'], at)
    const fuel = expect.any(Number)
    expect(await json(['tx', 'show', txId], at)).toMatchObject({
      txId,
      status: 'processed',
      method: 'increment',
      params: { amount: 2 },
      ops: [
        {
          seq: 0,
          value: { op: 'INCREMENT', amount: 2 },
          outcome: 'ok',
          fuel,
          fuelMax: fuel,
          returned: 2,
          changes: [{ path: '/counter', deleted: false, value: 2 }],
        },
      ],
    })
    expect((await vitra(['tx', 'show', txId], at)).stdout).toMatch(/fuel \d+ of \d+/)
    const rejected = await json<{ error: { details: { txId: string } } }>(
      ['call', 'increment', '--amount', '-1'],
      at,
      1,
    )
    const { details } = rejected.error
    expect(details).toMatchObject({ failure: 'contract', fuel })
    expect(await json(['tx', 'show', details.txId], at)).toMatchObject({
      status: 'rejected',
      ops: [{ outcome: 'failed', code: 'contract', message: 'the counter only goes up', fuel, changes: [] }],
    })
    expect((await vitra(['tx', 'show', details.txId], at)).stdout).toContain(
      'failed contract: the counter only goes up',
    )
    for (const none of [
      'nope',
      txId.replace(/-0-/, '-7-'),
      txId.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
    ])
      for (const what of ['show', 'verify'])
        expect(await json(['tx', what, none], at, 1)).toMatchObject({ error: { code: 'TX_NOT_FOUND' } })
    await check(made.folder.at('.vitra'))
  })

  it('is listed with the newest first, and its receipt is checked', async () => {
    await using made = await withDatabase()
    const { at } = made
    expect(await json(['tx', 'list'], at)).toEqual({ calls: [] })
    await json(['call', 'increment', '--amount', '2'], at)
    await json(['call', 'increment', '--amount', '-1'], at, 1)
    await json(['call', 'get'], at)
    await json(['call', 'increment', '--amount', '3', '--no-wait'], at)
    const { calls } = await json<{ calls: { txId: string }[] }>(['tx', 'list'], at)
    expect(calls).toMatchObject([
      { method: 'increment', params: { amount: 3 }, ops: 1 },
      { status: 'rejected', params: { amount: -1 } },
      { status: 'processed', params: { amount: 2 } },
    ])
    expect((await vitra(['tx', 'list', '--limit', '1'], at)).stderr).toContain('--limit 2')
    expect(await json(['tx', 'verify', calls[2]!.txId], at)).toMatchObject({
      verified: true,
      ops: [{ seq: 0, outcome: 'ok', changes: 1 }],
    })
    expect(await json(['tx', 'verify', calls[1]!.txId], at)).toMatchObject({
      ops: [{ outcome: 'failed', code: 'contract', changes: 0 }],
    })
    for (const words of [
      ['tx', 'show'],
      ['tx', 'list', calls[0]!.txId],
      ['tx', calls[0]!.txId],
    ])
      expect((await vitra(words, at)).code).toBe(2)
    await check(made.folder.at('.vitra'))
  })
})
