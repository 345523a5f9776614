/** Which contracts are scripts: their sources say so in the first line. */

const MARK = '// vitra script '

/** True where a contract was made from a script, whose exported functions are its calls. */
export function isScriptSource(source: string): boolean {
  return source.startsWith(MARK)
}
