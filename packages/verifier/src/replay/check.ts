/** Checks proofs of every kind in Node, those that take the contract to be run included. */
import { sodiumCrypto } from '@vitra/log'
import { type EngineBinaries, Sandbox } from '@vitra/sandbox'
import { check as checkAnywhere } from '../check.js'
import { type Verdict, verdict } from '../proof-verdict.js'
import { type OpenEngine, RecordedEngines } from './recorded-engines.js'
import { SandboxRunner } from './sandbox-runner.js'

/** What a proof is checked with in Node. */
export interface NodeCheckOptions {
  /** Public key of the database, its 32 bytes or their hex. */
  readonly pubkey: Uint8Array | string
  /** Runs contracts; by default one is opened where the proof takes it. */
  readonly sandbox?: Sandbox
  /** Other engines at hand, for a second look under the one that was recorded; that of Node here always is. */
  readonly engines?: EngineBinaries
  /** Opens the sandbox of a second look, in place of `engines`. */
  readonly openEngine?: OpenEngine
}

/**
 * What a proof proves of the database with this key. Never throws, whatever it is given.
 *
 * @param proof its bytes, its JSON, or the object that one of them gave
 * @example
 * const { ok, explanation } = await check(await readFile('fraud.proof'), { pubkey })
 */
export async function check(proof: unknown, options: NodeCheckOptions): Promise<Verdict> {
  const { pubkey, sandbox } = options
  let own: Sandbox | null = null
  try {
    if (sandbox !== undefined) return await checkWith(proof, { ...options, sandbox })
    const first = await checkAnywhere(proof, { pubkey, crypto: sodiumCrypto })
    if (first.code !== 'needs-runner') return first
    own = await Sandbox.open()
    return await checkWith(proof, { ...options, sandbox: own })
  } catch (error) {
    return verdict('inconclusive', `no contract runs here: ${(error as Error).message}`)
  } finally {
    await own?.close()
  }
}

async function checkWith(
  proof: unknown,
  { pubkey, sandbox, engines = {}, openEngine }: NodeCheckOptions & { readonly sandbox: Sandbox },
): Promise<Verdict> {
  const open: OpenEngine = async (engine) =>
    engine === sandbox.engine || Object.hasOwn(engines, engine) ? Sandbox.open({ engine, engines }) : null
  const recorded = new RecordedEngines(openEngine ?? open)
  try {
    const runner = new SandboxRunner(sandbox, recorded)
    return await checkAnywhere(proof, { pubkey, crypto: sodiumCrypto, runner })
  } finally {
    await recorded.close()
  }
}
