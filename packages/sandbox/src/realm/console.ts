/**
 * The global `console` (spec/4-execution §2): reaches the log of the machine that runs the contract. Nothing
 * comes back, so it changes nothing; what is beyond the limits of a run is dropped.
 */
import { formatValue } from '@vitra/contract-sdk/modules'
import { tellLine } from './host.js'
import { PRICE } from './prices.js'
import { service } from './values.js'

const LEVELS = ['debug', 'error', 'info', 'log', 'warn'] as const
const ENTRIES_MAX = 200
const ENTRY_UNITS_MAX = 4096

let entries = 0
let isSilent = true

/** Lets the lines of a run through; until the first the module is being evaluated, perhaps not for the first time. */
export function speak(): void {
  isSilent = false
  entries = 0
}

export const realmConsole: Readonly<Record<string, (...values: unknown[]) => void>> = Object.freeze(
  Object.fromEntries(
    LEVELS.map((level) => [
      level,
      (...values: unknown[]) => service(PRICE.console, () => write(level, values)),
    ]),
  ),
)

function write(level: string, values: unknown[]): void {
  if (isSilent || entries >= ENTRIES_MAX) return
  entries++
  const options = { unitsMax: ENTRY_UNITS_MAX, errorMessages: true }
  const parts = values.map((value) => (typeof value === 'string' ? value : formatValue(value, options)))
  tellLine([level, parts.join(' ').slice(0, ENTRY_UNITS_MAX).toWellFormed()])
}
