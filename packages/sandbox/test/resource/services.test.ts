// The driver's services without end, and what they cost (spec/6-determinism §8).
import { encodeValue } from '@vitra/log/values'
import { describe, expect, it } from 'vitest'
import { useSandbox } from '../escape/attack.js'
import { MemorySource, RULES, SHORT_RULES, stepOver } from '../helpers.js'
import { bombs } from './bomb.js'

const sandbox = useSandbox({ opMs: 30_000 })

describe('a service in an endless loop', () => {
  bombs(
    sandbox,
    [
      ['for (;;) await tx.get("/a")', 'fuel'],
      ['for (;;) tx.get("/a")', 'fuel'],
      ['for (let n = 0; ; n++) await tx.get("/a" + n)', 'fuel'],
      ['for (;;) await index.get("/a")', 'fuel'],
      ['for (let n = 0; ; n++) index.get("/a" + n)', 'fuel'],
      ['for (;;) await index.list("/")', 'fuel'],
      ['for (let n = 0; ; n++) await index.list("/a" + n)', 'fuel'],
      ['for (;;) await tx.list("/")', 'fuel'],
      ['for (;;) console.log("x")', 'fuel'],
      ['for (;;) console.error("x".repeat(5000), tx, [op])', 'fuel'],
      ['for (;;) try { await tx.get("no path") } catch {}', 'fuel'],
      ['for (;;) try { tx.put("/.sys/batch", 1) } catch {}', 'fuel'],
    ],
    SHORT_RULES,
  )
  bombs(sandbox, [
    ['for (let n = 0; ; n++) tx.put("/" + n, n)', 'size'],
    ['for (;;) tx.put("/a", 1)', 'size'],
    ['for (;;) { tx.put("/a", 1); tx.delete("/a") }', 'size'],
    ['const text = "x".repeat(1e5); for (;;) tx.put("/a", text)', 'size'],
    ['for (;;) try { tx.put("/a", 1) } catch {}', 'fuel'],
  ])
})

describe('a write too many', () => {
  const outcomeOf = async (body: string) => {
    const contract = await sandbox().load(`export function apply (tx, op) { ${body} }`, RULES)
    return (await stepOver(sandbox(), contract, new MemorySource(), {})).outcome
  }
  const { opChangesMax, opWriteBytesMax } = RULES.limits
  const tooMuch = { kind: 'failed', code: 'size', message: 'the op writes more than the rules allow' }

  it('fails the op with a message', async () => {
    const writes = (count: number) => `for (let n = 0; n < ${count}; n++) tx.put('/' + n, n)`
    expect(await outcomeOf(writes(opChangesMax))).toMatchObject({ kind: 'ok' })
    expect(await outcomeOf(writes(opChangesMax + 1))).toMatchObject(tooMuch)
  })

  it('or a byte', async () => {
    const length = 1e6
    const size = encodeValue('x'.repeat(length)).length
    const rest = opWriteBytesMax - 8 * size
    const writes = (last: number) =>
      `for (let n = 0; n < 8; n++) tx.put('/' + n, 'x'.repeat(${length})); tx.put('/last', 'x'.repeat(${last}))`
    const fits = rest - (size - length)
    expect(encodeValue('x'.repeat(fits)).length).toBe(rest)
    expect(await outcomeOf(writes(fits))).toMatchObject({ kind: 'ok' })
    expect(await outcomeOf(writes(fits + 1))).toMatchObject(tooMuch)
  })
})

describe('the price of', () => {
  const CONTRACT = `import { index, listOplogs } from 'contract'
    export const apply = {
      async GET (tx, op) { for (let n = 0; n < op.times; n++) await tx.get(op.path) },
      async READ (tx, op) { for (let n = 0; n < op.times; n++) await index.get(op.path) },
      async LIST (tx, op) { for (let n = 0; n < op.times; n++) await tx.list(op.path) },
      async WALK (tx, op) { for (let n = 0; n < op.times; n++) await index.list(op.path) },
      PUT (tx, op) { for (let n = 0; n < op.times; n++) tx.put(op.path, 'ninechars') },
      PUTS (tx, op) { for (let n = 0; n < op.times; n++) tx.put(op.path, 'twelve chars') },
      LOG (tx, op) { for (let n = 0; n < op.times; n++) console.log(op.path, 'ninechars') },
    }
    `
  const state = { '/all/a': 'text', '/all/b': 'text', '/one': 'text' }

  /** Fuel of one turn of the loop. */
  async function turn(op: string, path: string, content: Record<string, unknown> = state): Promise<number> {
    const contract = await sandbox().load(CONTRACT, RULES)
    const fuel = async (times: number) => {
      const { outcome } = await stepOver(sandbox(), contract, new MemorySource(content), { op, path, times })
      expect(outcome.kind).toBe('ok')
      return outcome.fuel
    }
    const [none, ten] = [await fuel(10), await fuel(20)]
    return (ten - none) / 10
  }
  /** As the table of 6.8.2 says; texts are one item each. */
  const price = (...texts: string[]) => texts.reduce((sum, text) => sum + encodeValue(text).length + 32, 0)

  it('a read is 200 and the value, in the guest or not, of the op or the index', async () => {
    const get = await turn('GET', '/one')
    expect(get).toBe(await turn('READ', '/one'))
    expect(get - (await turn('GET', '/two'))).toBe(price('text'))
    expect((await turn('LIST', '/none')) - (await turn('GET', '/two'))).toBe(1000 - 200)
  })

  it('a list is 1000, and 100, the path and the value for each entry', async () => {
    const none = await turn('LIST', '/none')
    expect(await turn('WALK', '/none')).toBe(none)
    const two = await turn('LIST', '/all')
    expect(two).toBe(await turn('WALK', '/all'))
    expect(two - none).toBe(2 * (100 + '/all/a'.length + price('text')))
  })

  it('a write is 200 and the value; that of a line of the log is 200, whatever is in it', async () => {
    const put = await turn('PUT', '/a')
    expect((await turn('PUTS', '/a')) - put).toBe(price('twelve chars') - price('ninechars'))
    expect(put - (await turn('LOG', '/a'))).toBe(price('ninechars'))
    expect(await turn('LOG', '/a/longer/one')).toBe(await turn('LOG', '/a'))
  })
})
