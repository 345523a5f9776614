/** Symbols. */
import { copyPermitted } from '../intrinsics.js'

const EngineSymbol = Symbol

/**
 * Puts a `Symbol` of ours in the place of the engine's: newer engines give theirs names that cannot be deleted. Like
 * the engine's it is no constructor.
 */
export function replaceSymbol(): void {
  const { Symbol: ours } = {
    Symbol(description?: unknown): symbol {
      return EngineSymbol(description as string | undefined)
    },
  }
  Object.defineProperty(ours, 'length', { value: 0 })
  copyPermitted(EngineSymbol, ours, 'Symbol')
  ;(EngineSymbol.prototype as { constructor: unknown }).constructor = ours
  ;(globalThis as unknown as { Symbol: unknown }).Symbol = ours
}
