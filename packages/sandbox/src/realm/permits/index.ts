/**
 * The one table of what a contract finds in its realm (spec/6-determinism §2): every object that it can reach and every
 * property of each. Whatever is not listed is removed.
 */
import { COLLECTIONS } from './collections.js'
import { CONTROL } from './control.js'
import { DATA } from './data.js'
import { FUNDAMENTALS } from './fundamentals.js'
import { GLOBALS } from './globals.js'
import type { Permits } from './permit.js'

export { namesOf, type Permits, permittedNames } from './permit.js'

export const PERMITS: Permits = { ...GLOBALS, ...FUNDAMENTALS, ...CONTROL, ...DATA, ...COLLECTIONS }
