// Tricks by which one op could leave a word to the next: an op looks, writes and looks again; a method does the same in
// between; every op has to see what the first one saw.
import { afterAll, expect, it } from 'vitest'
import type { Sandbox } from '../../src/index.js'
import { openFresh } from '../determinism/play.js'
import { call, MemorySource, stepOver } from '../helpers.js'
import { load, repeated, result } from './attack.js'

/** A trick: module code, an expression that looks, a statement that writes, and what an op sees before and after it wrote. */
export type Trick = readonly [name: string, setup: string, look: string, write: string, sees: unknown]

function source([, setup, look, write]: Trick): string {
  return `import { index, oplog, listOplogs } from 'contract'
    import assert, { AssertionError } from 'assert'
    import util, { random } from 'util'
    ${setup}
    async function trick (tx) {
      const seen = () => { try { return ${look} } catch (error) { return error.constructor.name } }
      const before = seen()
      let wrote = 'wrote'
      try { ${write} } catch (error) { wrote = error.constructor.name }
      return [before ?? null, wrote, seen() ?? null]
    }
    export function again () { return trick() }
    export function apply (tx) { return trick(tx) }`
}

/** Has each trick start in a guest of its own; else those of a table share one, in which each runs once. */
const IS_LONG = process.env.MODE === 'soak'

export function survive(sandbox: () => Sandbox, tricks: readonly Trick[]): void {
  let others: Promise<Sandbox> | undefined
  const closeOthers = async () => {
    await (await others)?.close()
    others = undefined
  }
  afterAll(closeOthers)
  it.each(tricks)('%s', async (...trick) => {
    const contract = await load(sandbox(), source(trick))
    const between = () => call(contract, 'again')
    const seen = await repeated(sandbox(), contract, 4, between)
    expect(seen).toEqual(Array(4).fill(trick[4]))
    if (IS_LONG) await closeOthers()
    others ??= openFresh()
    const fresh = await others
    const alone = await load(fresh, source(trick))
    expect(result(await stepOver(fresh, alone, new MemorySource(), {}))).toEqual(trick[4])
  })
}
