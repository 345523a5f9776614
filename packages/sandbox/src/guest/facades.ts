/**
 * Source of the modules around a contract (spec/4-execution §2). The standard ones hand on what the driver
 * offers under the names of the ABI. The tail runs after the contract and is where `isWriter` lives: in `apply`
 * and `process` it ends before that binding gets a value, so that reading it throws.
 */
import { abiOf } from '@vitra/contract-sdk'
import { LINK_NAMES } from '../link.js'

/** A contract as the host's parser described it. */
export interface Plan {
  /** Instrumented. */
  readonly source: string
  /** Version of the ABI that it is loaded under. */
  readonly abi: number
  /** Standard modules that it imports. */
  readonly imports: readonly string[]
  /** True where it awaits at top level, or imports `isWriter`: then the tail says that it is evaluated. */
  readonly hasTail: boolean
}

export const CONTRACT = 'contract.js'
export const TAIL = 'vitra:tail'
const LINK = 'vitra:link'

/** What the tail throws when the contract before it has been evaluated; contracts cannot guess it. */
export const TAIL_REACHED = `vitra:${process.hrtime.bigint()}:${process.pid}`

/** Standard modules, and what hands the exports on: evaluated before the realm is locked. */
export function earlySources({ abi, imports, hasTail }: Plan): [specifier: string, source: string][] {
  const sources = imports.map((name): [string, string] => [
    hasTail ? early(name) : name,
    standardSource(abi, name),
  ])
  return [
    ...sources,
    [
      LINK,
      `export const { accept } = globalThis.$vitra
export const { ${LINK_NAMES.join(', ')} } = globalThis.$vitra.link`,
    ],
  ]
}

/** Modules evaluated together with the contract. @param isWriter null in `apply` and `process` */
export function lateSources({ abi, imports, hasTail }: Plan, isWriter: boolean | null): [string, string][] {
  if (!hasTail) return []
  const sources: [string, string][] = [[TAIL, tailSource(isWriter)]]
  for (const name of imports) sources.push([name, forwardSource(abi, name)])
  return sources
}

function early(name: string): string {
  return `vitra:early/${name}`
}

/** Takes a module's exports from the driver. `isWriter` is not among them. */
function standardSource(abi: number, specifier: string): string {
  const { names, hasDefault } = abiOf(abi).modules[specifier]!
  const name = specifier.replace(/^vitra:/, '')
  const lines = [`const offered = globalThis.$vitra.modules.${name}`]
  for (const own of names) if (own !== 'isWriter') lines.push(`export const ${own} = offered.${own}`)
  if (hasDefault) lines.push('export default offered.default')
  return lines.join('\n')
}

/** Passes a module's exports on, with `isWriter` from the tail. */
function forwardSource(abi: number, specifier: string): string {
  const { names, hasDefault } = abiOf(abi).modules[specifier]!
  const offered = [...names.filter((name) => name !== 'isWriter'), ...(hasDefault ? ['default'] : [])]
  const lines = [`export { ${offered.join(', ')} } from '${early(specifier)}'`]
  if (names.includes('isWriter')) lines.push(`export { isWriter } from '${TAIL}'`)
  return lines.join('\n')
}

function tailSource(isWriter: boolean | null): string {
  const lines = [`import * as contract from '${CONTRACT}'`, `import { accept } from '${LINK}'`]
  if (isWriter !== null) lines.push(`export const isWriter = ${isWriter}`)
  lines.push('accept(contract)', `throw ${JSON.stringify(TAIL_REACHED)}`)
  if (isWriter === null) lines.push('export const isWriter = null')
  return lines.join('\n')
}
