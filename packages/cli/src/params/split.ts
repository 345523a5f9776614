/**
 * Parts the words after a method's name: options of the command on one side, the method's parameters on the other.
 * An option counts only where it is spelled out; after `--` everything is a parameter.
 */

/** Marks a word that the parser of options must not look into: no argument of a process holds NUL. */
const MARK = '\0'

/** Long options that are known, and whether each takes a value. */
export type KnownOptions = ReadonlyMap<string, { readonly takesValue: boolean }>

/** Marks the words that are parameters, and those after `--`. */
export function markWords(words: readonly string[], known: KnownOptions): string[] {
  const marked: string[] = []
  for (let n = 0; n < words.length; n++) {
    const word = words[n]!
    if (word === '--') return [...marked, ...words.slice(n).map((rest) => MARK + rest)]
    const [name] = word.split('=', 1)
    const option = known.get(name!)
    if (option === undefined) marked.push(MARK + word)
    else {
      marked.push(word)
      if (option.takesValue && word === name && n + 1 < words.length) marked.push(words[++n]!)
    }
  }
  return marked
}

/** The words as they were written. */
export function unmark(words: readonly string[]): string[] {
  return words.map((word) => (word.startsWith(MARK) ? word.slice(1) : word))
}
