import type { Swarm } from 'vitra'
import { defineCommand } from '../command.js'
import type { Context } from '../context.js'
import { enginesToOpen } from '../engines.js'
import { EXIT } from '../exit-codes.js'
import { explain } from '../explain.js'
import { follow } from '../follow.js'
import { Lane, untilStopped, whileHolding } from '../live.js'
import { goOnline } from '../network.js'
import type { OptionDefinition } from '../option.js'
import {
  chosenDurability,
  DURABILITY_OPTION,
  type DurabilityOptions,
  LIVE_NETWORK_OPTIONS,
  type NetworkOptions,
  positiveNumber,
} from '../options.js'

/** What hosting takes besides network and durability. */
export interface HostOptions {
  readonly opsPerSecond?: number
  readonly opsPerBatch?: number
}

interface Options extends NetworkOptions, DurabilityOptions, HostOptions {}

/** The options of `host`, and of what runs it in the background. */
export const HOST_OPTIONS: readonly OptionDefinition[] = [
  ...LIVE_NETWORK_OPTIONS,
  DURABILITY_OPTION,
  {
    flags: '--ops-per-second <n>',
    says: 'execute at most so many ops of each participant a second, over time; what is above waits',
    parse: positiveNumber('--ops-per-second'),
  },
  {
    flags: '--ops-per-batch <n>',
    says: 'execute at most so many ops of each participant in one batch',
    parse: positiveNumber('--ops-per-batch'),
  },
]

export const host = defineCommand<Options>({
  name: 'host',
  summary: 'Keep the database online, until Ctrl-C',
  details: `On the copy that executes, ops of all participants are executed as they arrive. On another copy it serves the
logs to whoever asks, this participant's own ops above all: calls that wait reach the executor. Peers and executed
ops are printed as they come. Other commands on the folder work meanwhile: they run in this process. Ctrl-C stops it
cleanly, with exit code 0. \`vitra serve start\` does the same in the background.`,
  options: HOST_OPTIONS,
  staysUntilStopped: true,
  runsAlone: true,
  outsideSessions: true,
  examples: [
    { run: 'vitra host', says: 'on the public network' },
    { run: 'vitra host --bootstrap 127.0.0.1:38737', says: 'on a network of your own' },
    { run: 'vitra host --ops-per-second 200', says: 'nobody gets more than 200 ops a second executed' },
    { run: 'vitra host --json', says: 'one JSON object a line, for a program' },
  ],
  async run({ context, options }) {
    const { opsPerSecond, opsPerBatch } = options
    const participantLimits = {
      ...(opsPerSecond === undefined ? {} : { opsPerSecond }),
      ...(opsPerBatch === undefined ? {} : { opsPerBatch }),
    }
    const db = await context.database({
      engines: await enginesToOpen({}, context),
      ...chosenDurability(options),
      participantLimits,
    })
    return whileHolding(context, db, 'host', async () => {
      const { out } = context
      const lane = new Lane()
      follow(out, db, lane)
      const key = db.pubkey.toString('hex')
      const role = db.executor === null ? 'copy' : 'executor'
      const what = role === 'executor' ? 'hosting and executing' : 'hosting a copy of'
      out.event({ event: 'hosting', key, role, folder: db.path, version: db.index.version }, `${what} ${key}`)
      if (role === 'executor') out.note(`Others copy it with: vitra load ${key}`)
      out.note('Ctrl-C stops it.')
      if (!options.offline) announce(context, goOnline(context, db, options))
      await untilStopped(context)
      await lane.end()
      out.event({ event: 'stopped', version: db.index.version }, `stopped at version ${db.index.version}`)
      return EXIT.ok
    })
  },
})

/** From then on others find it by its key. */
function announce({ out, signal }: Context, swarm: Swarm): void {
  swarm.flush().then(
    (isAnnounced) => {
      if (signal.aborted) return
      if (isAnnounced) out.event({ event: 'announced' }, 'announced on the network')
      else out.warn('no node of the network answers: others cannot find this copy. See --bootstrap')
    },
    (error) => out.warn(`not announced on the network: ${explain(error).message}`),
  )
}
