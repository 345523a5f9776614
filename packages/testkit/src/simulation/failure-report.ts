/**
 * Everything that is known of a simulation that failed: a seed does not repeat all of it (`simulation.ts` says what), so
 * the first report has to do.
 */
import type { SimCopy } from './sim-copy.js'
import type { Simulation } from './simulation.js'

/** The command that runs the seed again, the error, how each copy is, and what happened before, in order. */
export async function failureReport(simulation: Simulation, events: number, error: unknown): Promise<string> {
  const { plan, records, heads, copies, ends, log } = simulation
  const states: string[] = []
  for (const copy of copies.values()) states.push(await stateOf(copy))
  const { seed, contract: _, events: __, ...rest } = plan
  return [
    `VITRA_SEED=${seed} VITRA_EVENTS=${events} npm run test:only -- packages/testkit/test/simulation.test.ts`,
    (error as Error).stack ?? String(error),
    `plan: ${JSON.stringify(rest)}`,
    `problems: ${JSON.stringify(records.problems)}`,
    `heads: ${heads.count}, twice: ${JSON.stringify(heads.doubles)}`,
    `ends: ${ends}, refusals: ${JSON.stringify(Object.fromEntries(records.refusals))}`,
    ...states,
    ...log,
  ].join('\n')
}

async function stateOf(copy: SimCopy): Promise<string> {
  try {
    const { database, monitor, folder } = copy
    const waiting = await database.pending().catch((error: Error) => [error.message])
    const state = {
      progress: database.progress(),
      oplogs: database.oplogs.map(({ active, local, key }) => ({ key: key.toString('hex'), active, local })),
      waiting,
      failures: folder.failures,
      monitor: monitor && { status: monitor.status, lag: monitor.lag },
    }
    return `${copy.name}: ${JSON.stringify(state)}`
  } catch (error) {
    return `${copy.name}: ${(error as Error).message}`
  }
}
