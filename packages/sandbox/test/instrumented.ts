// Runs a module in this process, as its author wrote it and instrumented, so that tests can compare the two.
import { instrument } from '../src/instrument.js'
import { LINK_NAMES } from '../src/link.js'
import { parseContract } from '../src/parse.js'
import { LINK } from '../src/realm/links.js'
import { RULES } from './helpers.js'

type Exports = Record<string, (...args: unknown[]) => unknown>
const shelf = globalThis as unknown as { vitraLink: typeof LINK }
// A module that ends freezes all that it has inherited: here that would be what the tests of this process share.
shelf.vitraLink = { ...LINK, freezeModule: () => {} }

let modules = 0

export function instrumented(source: string): string {
  return instrument(source, parseContract(source, RULES).program, RULES.limits).source
}

export function load(source: string): Promise<Exports> {
  // A module that was loaded before would be the same one.
  return import(`data:text/javascript,${encodeURIComponent(`${source}\n//${modules++}`)}`)
}

export function loadInstrumented(source: string): Promise<Exports> {
  const text = instrumented(source)
  const names = /^import \{([^}]*)\} from 'vitra:link';/.exec(text)!
  const taken = LINK_NAMES.map((name, n) => `${name}:${names[1]!.split(',')[n]!.split(' as ')[1]}`)
  return load(text.replace(names[0], `const {${taken}}=globalThis.vitraLink;`))
}

/** What `main` gives, or the class of what it throws, as text. */
export async function outcomeOf(exports: Exports): Promise<string> {
  try {
    return show(await exports.main!())
  } catch (error) {
    return `throws ${error instanceof Error ? error.constructor.name : show(error)}`
  }
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}n`
    if (typeof inner === 'function') return `function ${inner.name}/${inner.length}`
    return inner === undefined ? 'undefined' : Object.is(inner, -0) ? '-0' : inner
  })
}
