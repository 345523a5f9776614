/** Runs one seed of a simulation from beginning to end. */
import { checkSimulation, type SimulationReport } from './check-simulation.js'
import { failureReport } from './failure-report.js'
import { planOf } from './sim-plan.js'
import { Simulation } from './simulation.js'

/**
 * @param events how many things happen
 * @throws {Error} with everything that is known of what happened
 */
export async function runSeed(seed: number, events: number): Promise<SimulationReport> {
  await using simulation = new Simulation(planOf(seed, { events }))
  try {
    await simulation.run()
    return await checkSimulation(simulation)
  } catch (cause) {
    throw new Error(await failureReport(simulation, events, cause), { cause })
  }
}
