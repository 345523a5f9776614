/** What `replace` and `replaceAll` put in: by the rules of the language, and paid piece by piece. */
import { chargeText, nativesOf } from './native.js'

const native = nativesOf(String.prototype, 'includes indexOf slice')
const { min } = Math

/** A replacement that takes the price of each text that it puts in. */
export function chargedReplacement(replacement: unknown): (...args: unknown[]) => string {
  if (typeof replacement === 'function') {
    return (...args) => {
      const text = `${(replacement as (...args: unknown[]) => string)(...args)}`
      chargeText(text.length)
      return text
    }
  }
  const template = `${replacement as string}`
  if (!native.includes!.call(template, '$')) {
    return () => {
      chargeText(template.length)
      return template
    }
  }
  return (matched, ...rest) => {
    const groups = isObject(rest[rest.length - 1]) ? (rest.pop() as Record<string, unknown>) : undefined
    const whole = rest.pop() as string
    const at = rest.pop() as number
    return expand(template, matched as string, at, whole, rest as (string | undefined)[], groups)
  }
}

/** The specification's GetSubstitution. */
function expand(
  template: string,
  matched: string,
  at: number,
  whole: string,
  captures: (string | undefined)[],
  groups: Record<string, unknown> | undefined,
): string {
  let text = ''
  const add = (piece: string) => {
    chargeText(piece.length)
    text += piece
  }
  for (let i = 0; i < template.length; ) {
    const next = native.indexOf!.call<number>(template, '$', i)
    if (next < 0 || next + 1 >= template.length) {
      add(native.slice!.call(template, i))
      break
    }
    add(native.slice!.call(template, i, next))
    const sign = template[next + 1]!
    i = next + 2
    if (sign === '$') add('$')
    else if (sign === '&') add(matched)
    else if (sign === '`') add(native.slice!.call(whole, 0, at))
    else if (sign === "'") add(native.slice!.call(whole, min(whole.length, at + matched.length)))
    else if (sign === '<' && groups !== undefined) {
      const end = native.indexOf!.call<number>(template, '>', i)
      if (end < 0) add('$<')
      else {
        const found = groups[native.slice!.call<string>(template, i, end)]
        if (found !== undefined) add(`${found as string}`)
        i = end + 1
      }
    } else {
      const digits = captureDigits(template, next + 1, captures.length)
      if (digits === 0) add(`$${sign}`)
      else {
        add(captures[+native.slice!.call<string>(template, next + 1, next + 1 + digits) - 1] ?? '')
        i = next + 1 + digits
      }
    }
  }
  return text
}

/** How many digits at a place name a capture: 0, 1 or 2. */
function captureDigits(template: string, at: number, captures: number): number {
  const first = template.charCodeAt(at) - 48
  if (!(first >= 0 && first <= 9)) return 0
  const second = template.charCodeAt(at + 1) - 48
  const both = first * 10 + second
  if (second >= 0 && second <= 9 && both >= 1 && both <= captures) return 2
  return first >= 1 && first <= captures ? 1 : 0
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
