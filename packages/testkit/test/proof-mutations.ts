/** Random changes of valid proofs; what `proof-mutations.test.ts` and its soak form share. */
import { sodiumCrypto } from '@vitra/log'
import { proofToJson } from '@vitra/log/proofs'
import type { Sandbox } from '@vitra/sandbox'
import { check as checkAnywhere, encodeProof, type Proof, type Verdict } from '@vitra/verifier'
import { check } from '@vitra/verifier/replay'
import type { Random } from '../src/index.js'

/** A proof that holds, and the key that it holds under. */
export interface ValidProof {
  readonly proof: Proof
  readonly key: Uint8Array
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** Counts of the verdicts on mutants, and what was wrong with any of them. */
export interface Tried {
  readonly verdicts: Record<string, number>
  readonly problems: string[]
}

/**
 * Changes proofs in random ways and checks what comes out: nothing may throw, and nothing may prove what the proof
 * before the change did not prove.
 *
 * @param sandbox runs the contract for some of those that take it; null for none
 */
export async function tryProofMutants(
  valid: readonly ValidProof[],
  { random, count, sandbox }: { random: Random; count: number; sandbox: Sandbox | null },
): Promise<Tried> {
  const verdicts: Record<string, number> = {}
  const problems: string[] = []
  const meant = new Map<ValidProof, string>()
  for (let n = 0; n < count; n++) {
    const one = valid[n % valid.length]!
    if (!meant.has(one)) meant.set(one, meaningOf(await verdictOf(one.proof, one, sandbox, true)))
    const { what, mutant } = random.chance(0.5) ? mutateBytes(one, random) : mutateJson(one, random)
    try {
      const verdict = await verdictOf(mutant, one, sandbox, random.chance(RUN_SHARE))
      verdicts[verdict.code] = (verdicts[verdict.code] ?? 0) + 1
      if (verdict.ok && meaningOf(verdict) !== meant.get(one))
        problems.push(`${one.proof.kind}, ${what}: proves ${meaningOf(verdict)}`)
    } catch (error) {
      problems.push(`${one.proof.kind}, ${what}: throws ${(error as Error).stack}`)
    }
  }
  return { verdicts, problems }
}

/** Share of the mutants that take the contract to be run for which it is run: it takes long. */
const RUN_SHARE = 0.05

async function verdictOf(
  proof: unknown,
  { key }: ValidProof,
  sandbox: Sandbox | null,
  isRun: boolean,
): Promise<Verdict> {
  const verdict = await checkAnywhere(proof, { pubkey: key, crypto: sodiumCrypto })
  if (verdict.code !== 'needs-runner' || sandbox === null || !isRun) return verdict
  return check(proof, { pubkey: key, sandbox })
}

/** What a verdict says, as text. */
function meaningOf({ ok, proves }: Verdict): string {
  if (!ok || proves === null) return 'nothing'
  if (proves.kind !== 'fraud') return JSON.stringify(proofToJson(proves))
  const { code, at } = proves.violation
  return JSON.stringify({ code, at })
}

function mutateBytes({ proof }: ValidProof, random: Random): { what: string; mutant: Uint8Array } {
  const bytes = encodeProof(proof)
  const at = random.below(bytes.length)
  const how = random.below(5)
  const what = `bytes at ${at}, way ${how}`
  if (how === 0) return { what, mutant: bytes.slice(0, at) }
  if (how === 1)
    return { what, mutant: joined(bytes.slice(0, at), random.bytes(1 + random.below(8)), bytes.slice(at)) }
  if (how === 2) return { what, mutant: joined(bytes.slice(0, at), bytes.slice(at + 1 + random.below(40))) }
  if (how === 3) return { what, mutant: bytes.with(at, random.below(256)) }
  return { what, mutant: bytes.with(at, bytes[at]! ^ (1 << random.below(8))) }
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

/** Changes one field, or one item of a list, of the proof's JSON: the encoding stays right. */
function mutateJson({ proof }: ValidProof, random: Random): { what: string; mutant: unknown } {
  const json = structuredClone(proofToJson(proof)) as Json
  const trail: string[] = []
  let node = json
  for (;;) {
    const names = Object.keys(node as object)
    const name = random.pick(names)
    trail.push(name)
    const parent = node as Record<string, Json>
    const child = parent[name]!
    const goesOn = typeof child === 'object' && child !== null && Object.keys(child).length > 0
    if (goesOn && random.chance(0.85)) {
      node = child
      continue
    }
    if (Array.isArray(parent)) mutateItem(parent, Number(name), random)
    else if (random.chance(0.1)) delete parent[name]
    else parent[name] = mutated(child, random)
    return { what: trail.join('.'), mutant: json }
  }
}

function mutateItem(list: Json[], at: number, random: Random): void {
  const how = random.below(4)
  if (how === 0) list.splice(at, 1)
  else if (how === 1) list.splice(at, 0, structuredClone(list[at]!))
  else if (how === 2) list.push(list.splice(at, 1)[0]!)
  else list[at] = structuredClone(random.pick(list))
}

function mutated(value: Json, random: Random): Json {
  if (typeof value === 'number')
    return random.pick([value + 1, value - 1, 0, random.below(100), 2 ** 53, -1, 0.5])
  if (typeof value !== 'string') return random.pick([null, [], {}, 'x', 7])
  if (!/^[0-9a-f]{8,}$/.test(value)) return random.pick(CODES)
  const at = 2 * random.below(value.length / 2)
  const byte = random.below(256).toString(16).padStart(2, '0')
  return random.chance(0.8) ? value.slice(0, at) + byte + value.slice(at + 2) : value.slice(0, at)
}

const CODES = [
  'wrong-outcome',
  'wrong-changes',
  'op-skipped',
  'record-invalid',
  'log-forked',
  'blocks',
  'none',
]
