/**
 * The instrumenter (spec/6-determinism §7): puts the counting of fuel and depth into a contract, hides what engines say in
 * their errors (§3) and freezes what the module has made (§1). Text stays on its line, and places are told in the author's own.
 */
import type { RuleLimits } from '@vitra/log'
import type { Program } from 'acorn'
import { topNames } from './compile/assignments.js'
import { straightCost } from './compile/costs.js'
import { Instrumenter } from './compile/instrumenter.js'
import { namesFor } from './compile/names.js'
import { authorColumns } from './compile/places.js'
import { LINK_NAMES } from './link.js'

export interface Instrumented {
  readonly source: string
  /** Column in the author's source of a place in the instrumented one; both 1-based. */
  authorColumn(line: number, column: number): number
}

/** @param program the tree of `source`, with parentheses */
export function instrument(
  source: string,
  program: Program,
  { fuelMax, depthMax }: Pick<RuleLimits, 'fuelMax' | 'depthMax'>,
): Instrumented {
  const names = namesFor(program)
  const instrumenter = new Instrumenter(source, names)
  instrumenter.module(program)
  const { meter, entry, temp, link } = names
  const imports = LINK_NAMES.map((name) => `${name} as ${link(name)}`).join()
  const head = `import {${imports}} from 'vitra:link';const ${meter}=${link('begin')}(${fuelMax},${depthMax});let ${entry}=${meter}[1],${temp};if((${meter}[0]-=${straightCost(program.body)})<0)${link('exhausted')}();`
  const declared = [...new Set(program.body.flatMap(topNames))]
  const text = instrumenter.edits.finish(head, `\n${link('freezeModule')}([${declared.join()}])`)
  return { source: text.toString(), authorColumn: authorColumns(text) }
}
