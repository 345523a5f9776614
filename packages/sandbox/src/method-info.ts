/** What a contract can be called with, as its text says (spec/4-execution §2). */

/** A method, as its author wrote it. */
export interface MethodInfo {
  readonly name: string
  /** Text of the first parameter with its default; empty where there is none. @example '{ amount = 1 }' */
  readonly params: string
  readonly async: boolean
  /** The parameters that it names, in the order of its text. */
  readonly parameters: readonly MethodParameter[]
  /** True where it may look at others too, or its code cannot be seen. */
  readonly takesOthers: boolean
}

/** A parameter that a method takes by its name. */
export interface MethodParameter {
  readonly name: string
  /** Text of its default; left out where there is none. @example '1' */
  readonly default?: string
}
