/** Values and names as text for people. */

/**
 * Takes the teeth out of text that strangers wrote: control characters, which can move a terminal's cursor or
 * recolour what was printed, and marks that turn the direction of writing.
 */
export function tame(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced.
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** {@link tame} for text that has to stay on one line. */
export function tameLine(text: string): string {
  return tame(text).replace(/[\t\n]/g, (character) => (character === '\n' ? '\\n' : '\\t'))
}

/** Text as it is, everything else as JSON; `json` is in the form of `toJsonValue`. */
export function showValue(json: unknown): string {
  return typeof json === 'string' ? json : JSON.stringify(json, null, 2)
}

/** A value on one line of at most `width` characters. */
export function showShort(json: unknown, width: number): string {
  return short(tameLine(JSON.stringify(json)), width)
}

/** A text of at most `width` characters; one that was cut says so. */
export function short(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}

/** The beginning of a key, for lines in which the whole would drown the rest. */
export function shortKey(hex: string): string {
  return `${hex.slice(0, 12)}…`
}

/** @example count(1, 'op') // '1 op' */
export function count(n: number, word: string, words = `${word}s`): string {
  return `${n} ${n === 1 ? word : words}`
}

/** Lines with the first column as wide as its widest cell. */
export function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([first]) => first.length))
  return rows.map(([first, second]) => `${first.padEnd(width)}  ${second}`.trimEnd())
}
