/** How runs ended, as realm, guest and host tell each other (spec/4-execution §6): one ending after the other. */
import { FieldReader, FieldWriter } from './fields.js'

/** A write of `apply`, null for a delete; or an op that a method emitted, whose path is empty. */
export type Write = readonly [path: string, value: Uint8Array | null]

/** How one run ended; nothing of it is checked yet. */
export type RawEnding =
  | {
      readonly isOk: true
      readonly fuel: number
      /** Encoded return value; null where there is none. */
      readonly value: Uint8Array | null
      readonly writes: readonly Write[]
    }
  /** @see packed in messages: kind, and what the kind tells */
  | { readonly isOk: false; readonly fuel: number; readonly told: Uint8Array }

const OK = 1
const NOT_OK = 0

/** Bytes of an ending. */
export function packEnding(ending: RawEnding, writer = new FieldWriter()): Uint8Array {
  writer.uint(ending.isOk ? OK : NOT_OK)
  writer.wide(ending.fuel)
  if (ending.isOk) {
    writer.bytes(ending.value)
    writer.uint(ending.writes.length)
    for (const [path, value] of ending.writes) {
      writer.text(path)
      writer.bytes(value)
    }
  } else {
    writer.bytes(ending.told)
  }
  return writer.take()
}

/** How much may be there at most: a guest that says more has its reader make too many objects. */
export interface EndingsMax {
  readonly endings: number
  /** Of one ending. */
  readonly writes: number
}

/** Endings, one after the other. @throws {RangeError} for anything else */
export function unpackEndings(bytes: Uint8Array, max: EndingsMax): RawEnding[] {
  const reader = new FieldReader(bytes)
  const endings: RawEnding[] = []
  while (!reader.isAtEnd) {
    if (endings.length >= max.endings) throw new RangeError('more endings than runs')
    endings.push(readOne(reader, max.writes))
  }
  return endings
}

function readOne(reader: FieldReader, writesMax: number): RawEnding {
  const kind = reader.uint()
  const fuel = reader.wide()
  if (kind === NOT_OK) return { isOk: false, fuel, told: notNull(reader.bytes()) }
  if (kind !== OK) throw new RangeError('an ending of no kind')
  const value = reader.bytes()
  const writes: Write[] = []
  const count = reader.uint()
  if (count > writesMax) throw new RangeError('more writes than a run may make')
  for (let nth = 0; nth < count; nth++) writes.push([reader.text(), reader.bytes()])
  return { isOk: true, fuel, value, writes }
}

function notNull(bytes: Uint8Array | null): Uint8Array {
  if (bytes === null) throw new RangeError('an ending that tells nothing')
  return bytes
}
