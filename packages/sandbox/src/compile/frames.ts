/** Frames of instrumented code: how a function takes and gives back its depth, and what it does where it waits. */
import type { Function as FunctionNode } from 'acorn'
import { frameLevels } from './costs.js'
import type { Names } from './names.js'

/** Fuel of a run of a `catch` or `finally`: what an error costs the engine. */
const RECOVER_COST = 128

/** A function, a static block or the module, with the text that its parts get. */
export class Frame {
  /** True where it can be left and taken up again: then its depth may have been given back. */
  readonly isSuspendable: boolean
  readonly isAsync: boolean
  readonly isGenerator: boolean
  readonly levels: number
  /** True once something in it needs the temporary name. */
  usesTemp = false
  /** True where a `for await` may leave it suspended. */
  hasAwaitLoop = false
  readonly #names: Names

  /** @param node null for the module, whose own depth is not counted */
  constructor(
    names: Names,
    node: FunctionNode | null,
    levels = node === null ? 0 : frameLevels(node as never),
  ) {
    this.#names = names
    this.levels = levels
    this.isAsync = node?.async === true
    this.isGenerator = node?.generator === true
    this.isSuspendable = this.isAsync || this.isGenerator
  }

  /** Takes fuel and depth; the rest of the body follows. */
  enter(cost: number): string {
    const { meter, entry, temp, link } = this.#names
    const temporary = this.usesTemp ? `,${temp}` : ''
    return `let ${entry}=${meter}[1]${temporary};if((${meter}[0]-=${cost})<0|(${meter}[1]=${entry}-${this.levels})<0)${link('exhausted')}();try{`
  }

  /** Gives depth back, however the body ends. */
  leave(): string {
    const { meter, entry } = this.#names
    const guard = this.isSuspendable ? `if(${entry}>=0)` : ''
    return `}finally{${guard}${meter}[1]=${entry}}`
  }

  /** Gives depth back before the frame waits; an expression. */
  suspend(): string {
    const { meter, entry } = this.#names
    return `${meter}[1]=${entry},${entry}=-1`
  }

  /** Takes depth again after it; an expression. */
  resume(): string {
    const { meter, entry, link } = this.#names
    return `${entry}=${meter}[1],(${meter}[1]=${entry}-${this.levels})<0&&${link('exhausted')}()`
  }

  /** Takes depth again where it is not known whether it was given back; a statement. */
  resumeIfSuspended(): string {
    return `if(${this.#names.entry}<0){${this.resume()};}`
  }

  /** What a `catch` or `finally` begins with: depth as it was before, and an end to whatever has no fuel left. */
  recover(): string {
    const { meter, entry, link } = this.#names
    const again = this.isSuspendable ? this.resumeIfSuspended() : ''
    return `${again}${meter}[1]=${entry}-${this.levels};if((${meter}[0]-=${RECOVER_COST})<0)${link('exhausted')}();`
  }

  /** Takes the fuel of one turn of a loop. */
  turn(cost: number): string {
    const { meter, link } = this.#names
    const again = this.hasAwaitLoop ? this.resumeIfSuspended() : ''
    return `${again}if((${meter}[0]-=${cost})<0)${link('exhausted')}();`
  }
}
