/** What instrumented code calls, by the names under which it imports it (spec/6-determinism §7). */
import type { LinkName } from '../link.js'
import { delegate, delegateAsync } from './delegates.js'
import { clean } from './errors.js'
import { freezeModule } from './freeze.js'
import { begin, enter, exhausted, leave } from './meter.js'
import { div, measure, mod, place, pow, shl, shr } from './operators.js'
import { args, length, names, owned, rest, spread } from './spreads.js'

export const LINK: Readonly<Record<LinkName, unknown>> = {
  args,
  begin,
  clean,
  delegate,
  delegateAsync,
  div,
  enter,
  exhausted,
  freezeModule,
  leave,
  length,
  measure,
  mod,
  names,
  owned,
  place,
  pow,
  rest,
  shl,
  shr,
  spread,
}
