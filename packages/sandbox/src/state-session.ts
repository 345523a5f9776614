/**
 * A state as it goes on from op to op: what lets the guest keep entries that it has read (spec/4-execution §6). Whoever
 * executes keeps one for as long as the state changes by executed ops alone.
 *
 * @example
 * const session = new StateSession()
 * const first = await steps(contract, view, inputs, session)
 */
export class StateSession {
  readonly id = nextState++
  #after = 0

  /** The batch that brought the state to where it is; 0 where something else did. */
  get after(): number {
    return this.#after
  }

  /** The state changed in another way, or not as the guest was told: it reads everything anew. */
  reset(): void {
    this.#after = 0
  }

  /** All of a batch was taken over. */
  arrive(batch: number): void {
    this.#after = batch
  }
}

let nextState = 1
