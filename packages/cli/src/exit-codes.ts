/** What the program ends with. Scripts rely on these numbers: they never change meaning. */
export const EXIT = Object.freeze({
  /** Done; for `monitor` and `host` also: stopped with Ctrl-C. */
  ok: 0,
  /** It failed; the error says why. */
  failed: 1,
  /** The command line is wrong; nothing was done. */
  usage: 2,
  /** The executor has violated the contract. */
  fraud: 3,
  /** Something could not be checked. */
  inconclusive: 4,
  /** Ended by Ctrl-C before it was done. */
  interrupted: 130,
})

/** A number of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
