/** Who calls, and who takes part: the globals `caller` and `participants` of a script (spec/10-scripts §4). */
import type { ScriptRealm, ScriptStore } from './host.js'
import type { Promises } from './promised.js'

/** Who makes the call. */
export interface ScriptCaller {
  /**
   * Public key, hex, of the participant whose log holds the call; in a read-only call that of whoever reads, null where
   * the copy takes no part.
   */
  readonly id: string | null
  /** Place of the call in that log; absent in a read-only call. */
  readonly seq?: number
  /** Time of the call, in ms since 1970: the only clock there is. Absent in a read-only call. */
  readonly ts?: number
}

/** Who takes part, by their public keys in hex. Any call may change it: check who calls. */
export interface ScriptParticipants {
  /** Active participants, own changes of the call included. */
  list(): Promise<string[]>
  /** Admits a participant; rejects where it is active already. */
  add(id: string): Promise<void>
  /** Removes a participant; rejects where it is not active. */
  remove(id: string): Promise<void>
}

export function createParticipants(
  store: ScriptStore,
  promises: Promises,
  realm: ScriptRealm,
): ScriptParticipants {
  const does = <T>(work: () => T): Promise<T> => realm.unmetered(() => promises.of(work))
  return {
    list: () => does(() => store.participants()),
    add: (id) => does(() => store.admit(id)),
    remove: (id) => does(() => store.expel(id)),
  }
}
