/** What each contestant does and does not do: without it no figure can be compared. */

export interface Peer {
  readonly name: string
  /** When a write is safe from a power cut. */
  readonly durable: string
  readonly signs: string
  readonly sandboxes: string
  readonly proves: string
}

export const PEERS: readonly Peer[] = [
  {
    name: 'Vitra',
    durable: 'one fdatasync an append: of the ops before `call` returns, of a batch before its receipt',
    signs: 'one signature an append: of the ops of a call, of a batch of results',
    sandboxes:
      'every op and every method call, in a guest process, in a realm that keeps nothing from one to the next',
    proves: 'each op and its outcome under signed heads; an audit runs everything again',
  },
  {
    name: 'Hyperbee',
    durable: 'no: no fsync; a power cut may take back what was acknowledged',
    signs: 'one signature a batch',
    sandboxes: 'runs nothing',
    proves: 'that blocks are in the log; there are no results to prove',
  },
  {
    name: 'Autobase',
    durable: 'no: no fsync; a power cut may take back what was acknowledged',
    signs: "one signature an append of the writer's log; of the view once a majority has agreed",
    sandboxes: 'no: `apply` runs in the same process, with everything that process may do',
    proves: 'that blocks are in the logs; nobody can show that a view is what `apply` gives',
  },
]
