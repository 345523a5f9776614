/** What a proof proves, for people, below the sentence that says it. */
import { showShort, tameLine } from './text.js'

const VALUE_WIDTH = 200

interface ShownEntry {
  readonly path: string
  readonly present: boolean
  readonly value?: unknown
}

interface ShownOp {
  readonly seq: number
  readonly op: unknown
  readonly outcome: string
  readonly code?: string
  readonly message?: string
  readonly returned?: unknown
  readonly changes: readonly ShownEntry[]
}

interface ShownChild extends ShownEntry {
  readonly name: string
  readonly container: boolean
}

interface Shown {
  readonly answers?: readonly (ShownEntry | { prefix: string; children: readonly ShownChild[] })[]
  readonly ops?: readonly ShownOp[]
  readonly blocks?: readonly object[]
  readonly violation?: unknown
}

/** @param shown as `provenToJson` gives it */
export function provenLines(shown: object): string[] {
  const { answers = [], ops = [], blocks = [], violation } = shown as Shown
  return [
    ...answers.flatMap((answer) => ('path' in answer ? [entryLine(answer)] : listLines(answer))),
    ...ops.flatMap(opLines),
    ...blocks.map((block) => `  ${showShort(block, VALUE_WIDTH)}`),
    ...(violation === undefined ? [] : [`  ${showShort(violation, VALUE_WIDTH)}`]),
  ]
}

function entryLine({ path, present, value }: ShownEntry): string {
  return `  ${tameLine(path)}  ${present ? showShort(value, VALUE_WIDTH) : 'nothing is here'}`
}

function listLines({ prefix, children }: { prefix: string; children: readonly ShownChild[] }): string[] {
  const rows = children.map(({ name, container, present, value }) => {
    const shown = present ? `  ${showShort(value, VALUE_WIDTH)}` : ''
    return `    ${tameLine(container ? `${name}/` : name)}${shown}`
  })
  return [
    `  ${tameLine(prefix)}  ${children.length === 0 ? 'nothing is below' : 'all that is below'}`,
    ...rows,
  ]
}

function opLines({ seq, op, outcome, code, message, returned, changes }: ShownOp): string[] {
  const said = [outcome, code ?? '', tameLine(message ?? '')].filter((text) => text !== '').join(' ')
  return [
    `  op ${seq}  ${said}  ${showShort(op, VALUE_WIDTH)}`,
    ...changes.map(({ path, present, value }) =>
      present ? `    put ${tameLine(path)} ${showShort(value, VALUE_WIDTH)}` : `    del ${tameLine(path)}`,
    ),
    ...(returned === undefined ? [] : [`    returned ${showShort(returned, VALUE_WIDTH)}`]),
  ]
}
