/** Random changes of valid proofs; what `proof-mutations.test.ts` and its soak form share. */
import {
  checkBlocks,
  checkConsistency,
  checkEquivocation,
  checkHeadProof,
  decodeProof,
  type EquivocationProof,
  encodeProof,
  FormatError,
  headSignable,
  openState,
  type Proof,
  type ProvedState,
  proofSource,
  proveBlocks,
  proveConsistency,
  proveEquivocation,
  proveFork,
  proveHead,
  proveRange,
  proveState,
  type SignedHead,
  sameBytes,
  sign,
  sodiumCrypto,
} from '../src/index.js'
import { createLog, filled, fixedKeyPair, text } from './helpers.js'
import { createIndex, executed, run, type TestIndex } from './index-helpers.js'

/** A valid proof, and the key under which it checks. */
export interface Sample {
  readonly key: Uint8Array
  readonly proof: Proof
  readonly bytes: Uint8Array
}

/** Random choices: a whole number from 0 to below `end`. */
export type Below = (end: number) => number

export const KINDS = ['head', 'blocks', 'consistency', 'state', 'equivocation'] as const
export type Kind = (typeof KINDS)[number]

/** Repeats from a seed (mulberry32). */
export function below(seed: number): Below {
  let state = seed >>> 0
  return (end) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * end)
  }
}

/** Proofs of two databases and of an owner with two histories, and what of all that is true. */
export class Samples {
  readonly byKind: ReadonlyMap<Kind, readonly Sample[]>
  readonly all: readonly Sample[]
  readonly #indexes: readonly GrownIndex[]
  readonly #guilty: Uint8Array

  private constructor(indexes: readonly GrownIndex[], all: readonly Sample[], guilty: Uint8Array) {
    this.all = all
    this.byKind = new Map(KINDS.map((kind) => [kind, all.filter(({ proof }) => proof.kind === kind)]))
    this.#indexes = indexes
    this.#guilty = guilty
  }

  static async make(): Promise<Samples> {
    const indexes = [await grownIndex(1), await grownIndex(2)]
    const lies = await twoHistories()
    const all = [...(await Promise.all(indexes.map(indexSamples))).flat(), ...lies]
    return new Samples(indexes, all, lies[0]!.key)
  }

  /**
   * True where an accepted mutant says what is so: parts of true proofs put together can be another true proof, and
   * the blocks of one state proof answer other queries as well. Everything is held against the logs themselves.
   */
  async isTrue(key: Uint8Array, proof: Proof): Promise<boolean> {
    if (proof.kind === 'equivocation') return sameBytes(key, this.#guilty)
    const test = this.#indexes.find(({ log }) => sameBytes(log.key, key))
    if (test === undefined) return proof.kind === 'head' // of the guilty owner, who signed many
    const isSigned = (head: SignedHead) =>
      test.heads.some(({ length, treeHash }) => length === head.length && sameBytes(treeHash, head.treeHash))
    if (proof.kind === 'head') return isSigned(proof.head)
    if (proof.kind === 'consistency') return isSigned(proof.from) && isSigned(proof.to)
    if (proof.kind !== 'blocks' && proof.kind !== 'state') return false
    const { head, blocks } = proof.kind === 'state' ? proof.index : proof
    if (!isSigned(head)) return false
    for (const { seq, block } of blocks) if (!sameBytes(await test.log.get(seq), block)) return false
    return proof.kind === 'blocks' || hasTrueAnswers(test, (await openState(sodiumCrypto, key, proof))!)
  }
}

async function hasTrueAnswers({ index }: TestIndex, { version, answers }: ProvedState): Promise<boolean> {
  const snapshot = await index.at(version)
  for (const answer of answers) {
    const truth =
      'path' in answer
        ? { path: answer.path, value: await snapshot.read(answer.path) }
        : { ...answer, items: await snapshot.list(answer.prefix, answer.options) }
    if (JSON.stringify(truth) !== JSON.stringify(answer)) return false
  }
  return true
}

/** Whether a proof checks, whatever its kind. */
export async function checkAny(key: Uint8Array, proof: Proof): Promise<boolean> {
  if (proof.kind === 'head') return checkHeadProof(sodiumCrypto, key, proof)
  if (proof.kind === 'blocks') return checkBlocks(sodiumCrypto, key, proof)
  if (proof.kind === 'consistency') return checkConsistency(sodiumCrypto, key, proof)
  if (proof.kind === 'equivocation') return checkEquivocation(sodiumCrypto, key, proof)
  if (proof.kind === 'state') return (await openState(sodiumCrypto, key, proof)) !== null
  throw new Error(`no check for ${proof.kind}`)
}

/** What became of many mutants. */
export interface Tally {
  /** Not read, or read and not believed. */
  refused: number
  /** Read as proofs; the checks had to see what is wrong. */
  read: number
  /** Accepted, being other true proofs (see {@link Samples.isTrue}). */
  otherTruths: number
  /** Accepted, and not true: what must not happen. */
  problems: string[]
}

/** Makes and checks `count` mutants of the samples of a kind. */
export async function tryMutants(samples: Samples, kind: Kind, random: Below, count: number): Promise<Tally> {
  const tally: Tally = { refused: 0, read: 0, otherTruths: 0, problems: [] }
  const own = samples.byKind.get(kind)!
  const valid = new Set(samples.all.map(({ key, bytes }) => hexOf(key) + hexOf(bytes)))
  for (let n = 0; n < count; n++) {
    const sample = own[random(own.length)]!
    const donor = (random(3) === 0 ? samples.all : own)[random(own.length)]!
    const key = random(20) === 0 ? donor.key : sample.key
    const bytes = mutate(sample, donor, random)
    if (bytes === null || valid.has(hexOf(key) + hexOf(bytes))) continue
    const mutant = readOrNull(bytes)
    if (mutant !== null) tally.read++
    if (mutant === null || !(await checkAny(key, mutant))) tally.refused++
    else if (await samples.isTrue(key, mutant)) tally.otherTruths++
    else tally.problems.push(`${n}: ${hexOf(bytes)}`)
  }
  return tally
}

/** The proof in the bytes, or null where they are none; fails where that is told in another way. */
function readOrNull(bytes: Uint8Array): Proof | null {
  try {
    return decodeProof(bytes)
  } catch (error) {
    if (error instanceof FormatError) return null
    throw error
  }
}

/** Changed bytes, or null where the change gave nothing that can be written. */
function mutate(sample: Sample, donor: Sample, random: Below): Uint8Array | null {
  if (random(3) === 0) return mutateBytes(sample.bytes, donor.bytes, random)
  let proof: unknown = sample.proof
  for (let n = random(3); n >= 0; n--) proof = mutateValue(proof, donor.proof, random)
  try {
    return encodeProof(proof as Proof)
  } catch {
    return null
  }
}

function mutateBytes(bytes: Uint8Array, donor: Uint8Array, random: Below): Uint8Array {
  const at = random(bytes.length)
  const to = at + random(Math.min(40, bytes.length - at) + 1)
  const cut = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts))
  switch (random(7)) {
    case 0:
    case 1:
      return bytes.with(at, bytes[at]! ^ (1 << random(8)))
    case 2:
      return bytes.slice(0, at)
    case 3:
      return cut(bytes.subarray(0, at), bytes.subarray(to))
    case 4:
      return cut(bytes.subarray(0, to), bytes.subarray(at))
    case 5:
      return cut(bytes.subarray(0, at), donor.subarray(random(donor.length)))
    default:
      return bytes.with(at, random(256))
  }
}

/** One change somewhere inside: a bit, a length, a number, an item, or the donor's part in the same place. */
function mutateValue(value: unknown, donor: unknown, random: Below): unknown {
  if (random(6) === 0 && donor !== undefined && typeof donor === typeof value) return donor
  if (value instanceof Uint8Array) {
    if (value.length === 0 || random(8) === 0) return Uint8Array.of(...value, random(256))
    const at = random(value.length)
    return random(8) === 0 ? value.slice(0, at) : value.with(at, value[at]! ^ (1 << random(8)))
  }
  if (typeof value === 'number') {
    const changes = [value + 1, Math.max(0, value - 1), random(64), 2 * value, value + 2 ** 32]
    return changes[random(changes.length)]
  }
  if (typeof value === 'string') {
    const at = random(value.length + 1)
    return value.slice(0, at) + 'abc/é0'.charAt(random(6)) + value.slice(at + random(2))
  }
  if (Array.isArray(value)) return mutateList(value, donor, random)
  if (typeof value !== 'object' || value === null) return value
  const names = Object.keys(value)
  const name = names[random(names.length)]
  if (name === undefined) return value
  const fields = value as Record<string, unknown>
  const others = (typeof donor === 'object' && donor !== null ? donor : {}) as Record<string, unknown>
  const swapped = fields[names[random(names.length)]!]
  if (random(12) === 0 && typeof swapped === typeof fields[name]) return { ...fields, [name]: swapped }
  return { ...fields, [name]: mutateValue(fields[name], others[name], random) }
}

function mutateList(list: readonly unknown[], donor: unknown, random: Below): unknown[] {
  const others = Array.isArray(donor) ? donor : []
  const at = random(list.length + 1)
  switch (random(6)) {
    case 0:
      return list.filter((_, n) => n !== at)
    case 5:
      return moveBytes(list, at, random)
    case 1:
      return list.toSpliced(at, 0, list[random(list.length || 1)] ?? others[0] ?? {})
    case 2:
      return [...list.slice(at), ...list.slice(0, at)]
    default:
      return list.map((item, n) =>
        n === at ? mutateValue(item, others[random(others.length || 1)], random) : item,
      )
  }
}

/** Bytes moved from one node to another, which a parent's hash, of their sum, does not show. */
function moveBytes(list: readonly unknown[], to: number, random: Below): unknown[] {
  const nodes = list as readonly { readonly size?: unknown }[]
  const from = random(list.length || 1)
  const bytes = 1 + random(3)
  const by = new Map([
    [from, -bytes],
    [to, bytes],
  ])
  return nodes.map((node, n) => {
    const change = by.get(n)
    if (change === undefined || typeof node?.size !== 'number') return node
    return { ...node, size: Math.max(0, node.size + change) }
  })
}

/**
 * Makes and checks `count` mutants of accusations of an owner that told one history: pairs of its own heads. Gives
 * those that a check accepts, which are false accusations.
 */
export async function tryAccusations(random: Below, count: number): Promise<string[]> {
  const { log, writer } = await createLog({ keyPair: fixedKeyPair(4), indexKey: filled(2) })
  const heads: SignedHead[] = []
  for (let n = 0; n < 24; n++) heads.push(await writer.append([text(`block ${n}`)]))
  const accusations: Sample[] = []
  for (const [a, b] of [
    [3, 4],
    [6, 21],
    [11, 12],
    [7, 15],
    [12, 19],
    [20, 22],
    [9, 9],
  ] as const) {
    const proof = await proveEquivocation(proofSource(log), heads[a]!, heads[b]!)
    accusations.push({ key: log.key, proof, bytes: encodeProof(proof) })
  }
  const accepted: string[] = []
  for (let n = 0; n < count; n++) {
    const [sample, donor] = [
      accusations[random(accusations.length)]!,
      accusations[random(accusations.length)]!,
    ]
    const bytes = mutate(sample, donor, random)
    const mutant = bytes === null ? null : readOrNull(bytes)
    if (mutant !== null && (await checkAny(log.key, mutant)) && mutant.kind === 'equivocation')
      accepted.push(hexOf(bytes!))
  }
  return accepted
}

type GrownIndex = TestIndex & { readonly heads: readonly SignedHead[] }

async function grownIndex(owner: number): Promise<GrownIndex> {
  const test = await createIndex(fixedKeyPair(owner))
  const heads: SignedHead[] = []
  await test.publishGenesis()
  heads.push((await test.log.head())!)
  for (let batch = 0; batch < 4; batch++) {
    const ops = Array.from({ length: 5 }, (_, n) =>
      executed(2000 + batch, {
        [`/users/u${batch}${n}`]: { of: owner, n },
        ...(batch > 0 && n === 0 ? { [`/users/u${batch - 1}1`]: undefined } : {}),
      }),
    )
    await test.publish([run(test.oplogs[0], 5 * batch, ...ops)])
    heads.push((await test.log.head())!)
  }
  return { ...test, heads }
}

async function indexSamples({ log, heads }: GrownIndex): Promise<Sample[]> {
  const source = proofSource(log)
  const proofs: Proof[] = [
    await proveHead(source),
    { kind: 'head', identity: log.identity, head: heads[1]! },
    await proveBlocks(source, [3]),
    await proveBlocks(source, [2, 9, 17], { head: heads[3]! }),
    await proveRange(source, 4, 9),
    await proveConsistency(source, heads[0]!),
    await proveConsistency(source, heads[2]!, { head: heads[3]! }),
    await proveState(source, [{ path: '/users/u12' }]),
    await proveState(source, [{ path: '/users/u01' }, { path: '/nobody' }], { head: heads[2]! }),
    await proveState(source, [{ prefix: '/users', options: { limit: 4, cursor: 'u02' } }]),
    await proveState(source, [{ prefix: '/users', options: { reverse: true } }, { prefix: '/' }]),
  ]
  return proofs.map((proof) => ({ key: log.key, proof, bytes: encodeProof(proof) }))
}

/** An owner that tells two histories and signs a fork, and heads of one of them that convict nobody. */
async function twoHistories(): Promise<Sample[]> {
  const pair = fixedKeyPair(3)
  const tell = async (forkAt: number) => {
    const { log, writer } = await createLog({ keyPair: pair, indexKey: filled(2) })
    const heads: SignedHead[] = []
    for (let n = 0; n < 20; n++) heads.push(await writer.append([text(n < forkAt ? `a${n}` : `b${n}`)]))
    return { log, source: proofSource(log), heads }
  }
  const one = await tell(20)
  const two = await tell(6)
  const { key, identity } = one.log
  const { length, treeHash } = one.heads[7]!
  const signature = sign(headSignable(sodiumCrypto, key, length, treeHash, 1), pair.secretKey)
  const proofs: EquivocationProof[] = [
    await proveEquivocation(one.source, one.heads[12]!, two.heads[12]!),
    await proveEquivocation(two.source, one.heads[9]!, two.heads[18]!),
    await proveEquivocation(one.source, one.heads[18]!, two.heads[15]!),
    proveFork(identity, { length, treeHash, signature }, 1),
  ]
  return proofs.map((proof) => ({ key, proof, bytes: encodeProof(proof) }))
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
