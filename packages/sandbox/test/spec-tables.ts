// Lists of spec/6-determinism as the sandbox has them, in the words of the specification.
import {
  BIGINT_BITS_MAX,
  BOUND_MAX,
  CHARGES,
  NESTING_MAX,
  PATTERN_DEPTH_MAX,
  PRICE,
  PROXIES_MAX,
} from '../src/realm/builtins/prices.js'
import { ARGUMENTS_MAX, ARGUMENTS_SHARED } from '../src/realm/meter.js'
import { namesOf, PERMITS } from '../src/realm/permits/index.js'

const WIDTH = 118

/** Rule 6.2.2: what stays on each object. */
export function permitsList(): string {
  return Object.entries(PERMITS)
    .map(([name, { keep, replace }]) => {
      const names = [...namesOf(keep), ...Object.keys(replace ?? {}).flatMap(namesOf)]
      return item(`\`${name}\`: ${names.length === 0 ? 'nothing' : `\`${names.join(' ')}\``}`)
    })
    .join('\n')
}

/** Rule 6.2.3: what is replaced. */
export function replacementsList(): string {
  return Object.entries(PERMITS)
    .flatMap(([name, { replace }]) =>
      Object.entries(replace ?? {}).map(([names, does]) => item(`of \`${name}\`: \`${names}\` ${does}`)),
    )
    .join('\n')
}

/** Rule 6.2.4: what can be assigned on objects that inherit. */
export function assignableList(): string {
  return Object.entries(PERMITS)
    .flatMap(([name, { assignable }]) => (assignable ? [item(`of \`${name}\`: \`${assignable}\``)] : []))
    .join('\n')
}

/** Rule 6.2.6: what built-in functions cost. */
export function pricesList(): string {
  const units = Object.entries(PRICE).map(([name, price]) => item(`${name}: ${price}`))
  const charges = Object.entries(CHARGES).map(([name, text]) => item(`${name}: ${text}`))
  return [...units, ...charges].join('\n')
}

/** Rule 6.2.7: what they refuse. */
export function boundsList(): string {
  return [
    item(
      `arguments of \`apply\` and \`construct\`, and of a spread in a call: ${ARGUMENTS_MAX} where at most 3 levels of depth are taken, else ${ARGUMENTS_SHARED} divided by the levels taken, rounded down`,
    ),
    item(
      `arguments that a function is bound to, those of the functions that it is made of included: ${BOUND_MAX}`,
    ),
    item(`nesting of groups in a pattern made of a text: ${PATTERN_DEPTH_MAX}`),
    item(`nesting of \`flat\`, \`join\` and JSON: ${NESTING_MAX}`),
    item(`proxies of a run: ${PROXIES_MAX}`),
    item(`bits of \`asIntN\` and \`asUintN\`, digits of a converted integer: ${BIGINT_BITS_MAX}`),
  ].join('\n')
}

/** An item of a list inside a rule, broken into lines. */
function item(text: string): string {
  const lines = ['  -']
  for (const word of text.split(' ')) {
    if (lines.at(-1)!.length + 1 + word.length > WIDTH) lines.push('   ')
    lines.push(`${lines.pop()} ${word}`)
  }
  return lines.join('\n')
}
