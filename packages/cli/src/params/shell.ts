/** Words for a shell: what is printed for people to copy has to mean the same there. */

/** A word as a POSIX shell reads it back. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** A line as a POSIX shell parts it into words: quotes and backslashes are understood, nothing is expanded. */
export function wordsOfShell(line: string): string[] {
  const words: string[] = []
  let word: string | null = null
  for (const [part, space, single, double, escaped] of line.matchAll(PART)) {
    if (space !== undefined) {
      if (word !== null) words.push(word)
      word = null
    } else word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? part)
  }
  return word === null ? words : [...words, word]
}

/** White space, what stands between quotes, or another character; a quote that does not end is one of these. */
const PART = /(\s+)|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|[\s\S]/g
