// In which order test files run. Those that mostly wait, for time-outs that are what they test, or for other programs,
// begin early and at intervals, so that beside each there are others that compute.
import path from 'node:path'
import { BaseSequencer } from 'vitest/node'

/** The longest first. */
export const WAITING = [
  'scripts/test/consumer.test.mjs',
  'apps/cli/test/examples.test.ts',
  'packages/vitra/test/fault-sites.test.ts',
  'packages/vitra/test/executor-stops.test.ts',
  'scripts/test/api-reference.test.mjs',
  'packages/vitra/test/network.test.ts',
  'packages/vitra/test/cut.test.ts',
  'scripts/test/readmes.test.mjs',
  'packages/log/test/exchange-limits.test.ts',
  'packages/vitra/test/slow-link.test.ts',
  'packages/vitra/test/monitor.test.ts',
  'packages/sandbox/test/watchdog.test.ts',
  'packages/testkit/test/hostile-peers.test.ts',
  'packages/log/test/exchange.test.ts',
  'packages/sandbox/test/parts.test.ts',
  'packages/vitra/test/swarm.test.ts',
]
/** Other files between one that waits and the next. */
const BETWEEN = 8

/** Takes what waits out of a list and puts it back at intervals; the others keep their order. */
export function spread(files, nameOf) {
  const waiting = WAITING.flatMap((name) => files.filter((file) => nameOf(file) === name))
  const others = files.filter((file) => !waiting.includes(file))
  const order = []
  while (others.length > 0 || waiting.length > 0)
    order.push(...waiting.splice(0, 1), ...others.splice(0, BETWEEN))
  return order
}

export default class TestOrder extends BaseSequencer {
  async sort(specifications) {
    const { root } = this.ctx.config
    const nameOf = ({ moduleId }) => path.relative(root, moduleId).replaceAll(path.sep, '/')
    return spread(await super.sort(specifications), nameOf)
  }
}
