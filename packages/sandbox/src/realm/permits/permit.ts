/** One row of the permits table (spec/6-determinism §2): what a contract finds on one object of its realm. */

/**
 * Names are separated by spaces; `@@iterator` is `Symbol.iterator`. Own properties that no list of a row has are
 * deleted, so a newer engine brings nothing new. Functions have `length` and `name` besides.
 */
export interface Permit {
  /** Names that stay as the engine made them, but for what they cost (`builtins/prices.ts`). */
  readonly keep: string
  /** Names that get a version of ours, with what it does differently and why. */
  readonly replace?: Readonly<Record<string, string>>
  /** Names that every engine has and that go, with the reason: for readers and for the test. */
  readonly remove?: Readonly<Record<string, string>>
  /**
   * Names of `keep` and `replace` that ordinary code assigns on objects that inherit them. Assigning to a name that a
   * frozen object has throws; these are accessors whose setter defines an own property.
   */
  readonly assignable?: string
}

/** Rows by the name of the object: a path from the global object, or the specification's name for hidden ones. */
export type Permits = Readonly<Record<string, Permit>>

export function namesOf(list: string | undefined): string[] {
  return list ? list.split(' ') : []
}

/** Every name that a row leaves on its object. */
export function permittedNames({ keep, replace }: Permit, isFunction: boolean): string[] {
  const names = [...namesOf(keep), ...Object.keys(replace ?? {}).flatMap(namesOf)]
  return isFunction ? ['length', 'name', ...names] : names
}
