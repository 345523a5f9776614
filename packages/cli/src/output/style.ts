/** Colours, for terminals only; NO_COLOR and TERM=dumb turn them off, FORCE_COLOR on (see no-color.org). */
import type { Io, TextSink } from '../io.js'

type Paint = (text: string) => string

export interface Style {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
}

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const

export function styleFor(sink: TextSink, env: Io['env']): Style {
  const on = wantsColour(sink, env)
  const paint =
    (name: keyof typeof CODES): Paint =>
    (text) =>
      on ? `\u001b[${CODES[name][0]}m${text}\u001b[${CODES[name][1]}m` : text
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    red: paint('red'),
    green: paint('green'),
    yellow: paint('yellow'),
  }
}

function wantsColour(sink: TextSink, env: Io['env']): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0'
  return sink.isTTY === true && env.TERM !== 'dumb'
}
