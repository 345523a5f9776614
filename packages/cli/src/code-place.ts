/** Places in code, as people are told them: `vitra dev` knows the author's own files, which what it runs was built of. */
import type { Database, OpFailure } from 'vitra'

/** A place in code, 1-based: in a file of the author's where that is known, else in what the database publishes. */
export type CodePlace = OpFailure['places'][number] & { readonly file?: string }

/** Where something in what a database publishes comes from; null where it comes from no file. */
export type PlaceOf = (line: number, column: number) => Required<CodePlace> | null

const lookUps = new WeakMap<Database, PlaceOf>()

/** From now on places in the contract of a database are told as those in the files that it was made of. */
export function rememberPlaces(db: Database, placeOf: PlaceOf): void {
  lookUps.set(db, placeOf)
}

/** @param place in what the database publishes: a script as it was written, else the contract */
export function authorPlace(db: Database, place: CodePlace): CodePlace {
  return lookUps.get(db)?.(place.line, place.column) ?? place
}

/** @param of what has the place where no file is known */
export function placeText({ file, line, column }: CodePlace, of = ''): string {
  return file === undefined ? `line ${line}:${column}${of}` : `${file}:${line}:${column}`
}
