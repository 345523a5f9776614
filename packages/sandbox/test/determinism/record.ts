// The corpus that every engine has to agree on, as digests: one for so many cases, to tell where two of them part.
import { createHash } from 'node:crypto'
import { Sandbox } from '../../src/index.js'
import { corpus } from './contracts.js'
import { play } from './play.js'

const SEED = 4
const CASES = 300
const CASES_PER_DIGEST = 10

/** What one engine made of the corpus. */
export interface Recording {
  /** Of the sources and ops themselves: where these differ, nothing else can be compared. */
  readonly cases: string
  /** Of what was published, {@link CASES_PER_DIGEST} cases each. */
  readonly digests: readonly string[]
}

/** @param count of the digests that are made, the first ones; all without it */
export async function record(count = CASES / CASES_PER_DIGEST): Promise<Recording & { engine: string }> {
  const all = corpus(SEED, CASES)
  const played = all.slice(0, count * CASES_PER_DIGEST)
  await using sandbox = await Sandbox.open({ opMs: 60_000 })
  const digests: string[] = []
  for (let from = 0; from < played.length; from += CASES_PER_DIGEST) {
    const published: string[][] = []
    for (const given of played.slice(from, from + CASES_PER_DIGEST))
      published.push(await play(sandbox, given))
    digests.push(digest(published))
  }
  return { engine: sandbox.engine, cases: digest(all), digests }
}

/** The cases of a digest, with what is published of them, to look for the difference. */
export async function spell(nth: number): Promise<{ features: readonly string[]; published: string[] }[]> {
  const all = corpus(SEED, CASES)
  await using sandbox = await Sandbox.open({ opMs: 60_000 })
  const spelled: { features: readonly string[]; published: string[] }[] = []
  for (const given of all.slice(nth * CASES_PER_DIGEST, (nth + 1) * CASES_PER_DIGEST)) {
    spelled.push({ features: given.features, published: await play(sandbox, given) })
  }
  return spelled
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32)
}
