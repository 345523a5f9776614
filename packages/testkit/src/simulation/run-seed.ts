/** Runs one seed of a simulation from beginning to end. */
import { checkSimulation, type SimulationReport } from './check-simulation.js'
import { planOf } from './sim-plan.js'
import { Simulation } from './simulation.js'

/**
 * @param events how many things happen
 * @throws {Error} which names the command that runs the seed again, and everything that happened
 */
export async function runSeed(seed: number, events: number): Promise<SimulationReport> {
  await using simulation = new Simulation(planOf(seed, { events }))
  try {
    await simulation.run()
    return await checkSimulation(simulation)
  } catch (cause) {
    const again = `VITRA_SEED=${seed} VITRA_EVENTS=${events} npm run test:only -- packages/testkit/test/simulation.test.ts`
    const told = (cause as Error).stack ?? String(cause)
    throw new Error(`${again}\n${told}\n${simulation.log.join('\n')}`, { cause })
  }
}
