// Lies about what the contract gave.
import { ENGINE, TS, UNKNOWN_ENGINE } from './database.mjs'
import { inRun, withChanges, withOutcome } from './places.mjs'

/** What another contract might give. */
export function executionLies(api) {
  const value = api.encodeValue(666)
  const told = (comment, code, change, nth = 0, engine = ENGINE) => [
    comment,
    code,
    (batches) => {
      batches[1].engine = engine
      const { executed } = batches[1].runs[0]
      executed[nth] = change(executed[nth])
    },
    inRun(0, 2 + nth),
    'sandbox',
  ]
  const failed = { kind: 'failed', code: 'contract', message: 'no', ts: TS + 3, numChanges: 0, fuel: 1133 }
  const undecodable = ({ outcome: { ts } }) => ({
    outcome: { kind: 'undecodable', ts, fuel: 0, numChanges: 0 },
    changes: [],
  })
  return [
    told('another value', 'wrong-changes', (op) => withChanges(op, [{ path: '/sum', value }])),
    told('another path', 'wrong-changes', (op) =>
      withChanges(op, [{ ...op.changes[0], path: '/elsewhere' }]),
    ),
    told('a change left out', 'wrong-changes', (op) => withChanges(op, [])),
    told('a change more', 'wrong-changes', (op) => withChanges(op, [...op.changes, { path: '/b', value }])),
    told('a failure that was a success', 'wrong-changes', () => ({ outcome: failed, changes: [] })),
    [
      'another value deleted',
      'wrong-changes',
      (batches) => {
        batches[1].runs[1].executed[0] = withChanges(batches[1].runs[1].executed[0], [
          { path: '/a', value: null },
        ])
      },
      inRun(1, 1),
      'sandbox',
    ],
    told('another return value', 'wrong-outcome', (op) => withOutcome(op, { value })),
    told('other fuel', 'wrong-outcome', (op) => withOutcome(op, { fuel: op.outcome.fuel + 1 })),
    told('metadata although nothing makes any', 'wrong-outcome', (op) =>
      withOutcome(op, { metadata: value }),
    ),
    told('another message', 'wrong-outcome', (op) => withOutcome(op, { message: 'something else' }), 1),
    told(
      'a success that was a failure',
      'wrong-outcome',
      ({ outcome: { ts, fuel } }) => ({ outcome: { kind: 'ok', ts, fuel, numChanges: 0 }, changes: [] }),
      1,
    ),
    told('an op that is called undecodable', 'wrong-outcome', undecodable, 1),
    told(
      'an op that is called undecodable, under an engine that nobody knows',
      'wrong-outcome',
      undecodable,
      1,
      UNKNOWN_ENGINE,
    ),
  ]
}
