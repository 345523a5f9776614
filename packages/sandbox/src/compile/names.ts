/** Names that instrumented code uses: `$v` and one letter, longer where the contract has names that begin so. */
import type { AnyNode } from 'acorn'
import { childrenOf } from './scopes.js'

export type Names = ReturnType<typeof namesFor>

/** Names that none of the contract's own begins with, however it writes them. */
export function namesFor(program: AnyNode) {
  const own = new Set<string>()
  const open = [program]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'Identifier') own.add(node.name)
    open.push(...childrenOf(node))
  }
  let prefix = '$v'
  while ([...own].some((name) => name.startsWith(prefix))) prefix += '_'
  const named = (name: string) => prefix + name
  return {
    /** Fuel left and depth left. */
    meter: named('m'),
    /** Depth left before the frame; -1 while it is suspended. */
    entry: named('e'),
    /** A value between two steps. */
    temp: named('t'),
    /** What a `catch` with a pattern binds. */
    raw: named('r'),
    /** Arguments of a constructor that is put in. */
    args: named('a'),
    link: (name: string) => named(`_${name}`),
  }
}
