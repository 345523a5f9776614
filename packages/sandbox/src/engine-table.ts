/** `@vitra/sandbox/engines`: the closed list of engines (spec/6-determinism §4). Browser-safe. */

/** An engine whose results may be recorded. */
export interface Engine {
  /** As batch records have it. */
  readonly name: string
  /** Major and minor version of V8. */
  readonly v8: string
  /** Version of Unicode that it was built with: case mapping, `normalize` and `\p{…}` follow it. */
  readonly unicode: string
  /** Major version of Node that brings it. */
  readonly node: number
  /** Version of isolated-vm that runs there. */
  readonly isolatedVm: string
}

/** The closed table of engines. A row is added, never changed; a record that names none of them may be of a later version. */
export const ENGINE_TABLE: readonly Engine[] = Object.freeze([
  { name: 'v8-11.3', v8: '11.3', unicode: '17.0', node: 20, isolatedVm: '5.0.4' },
  { name: 'v8-12.4', v8: '12.4', unicode: '17.0', node: 22, isolatedVm: '6.2.0' },
  { name: 'v8-13.6', v8: '13.6', unicode: '17.0', node: 24, isolatedVm: '7.0.1' },
  { name: 'v8-14.6', v8: '14.6', unicode: '17.0', node: 26, isolatedVm: '7.0.1' },
])

/** The names of {@link ENGINE_TABLE}. */
export const ENGINES: readonly string[] = Object.freeze(ENGINE_TABLE.map(({ name }) => name))

/** Name of an engine: major and minor version of V8. @example engineName('11.3.244.8-node.33') // 'v8-11.3' */
export function engineName(v8: string): string {
  return `v8-${v8.split('.').slice(0, 2).join('.')}`
}
