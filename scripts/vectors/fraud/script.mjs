// What honestly became of the ops of `CONTRACT`, stated by hand: a vector must not depend on the Node that makes it.
import { ALICE, BOB, CAROL, TS } from './database.mjs'

/** Values of the ops, by hex of their signer. */
export function opsOf(api) {
  const of = ({ publicKey }) => api.toHex(publicKey)
  return {
    [of(ALICE)]: [
      { op: 'ADD', by: 1 },
      { op: 'PUT', key: '/a', value: 'A' },
      { op: 'ADD', by: 2 },
      { op: 'FAIL' },
      { op: 'REMOVE', pubkey: of(CAROL) },
      { op: 'ADD', by: 3 },
      { op: 'ADD', by: 4 },
    ],
    [of(BOB)]: [
      { op: 'PUT', key: '/x', value: 1 },
      { op: 'DEL', key: '/x' },
      { op: 'PUT', key: '/x', value: 2 },
    ],
    [of(CAROL)]: [{ op: 'PUT', key: '/c', value: 1 }],
  }
}

/** Four batches. Each op with its outcome, its changes, and the paths that the contract reads for it. */
export function honestBatches(api, database) {
  const ok = (ts, fuel, changes, { value, reads = [] } = {}) => ({
    outcome: {
      kind: 'ok',
      ts: TS + ts,
      numChanges: changes.length,
      fuel,
      ...(value === undefined ? {} : { value: api.encodeValue(value) }),
    },
    changes,
    reads,
  })
  const put = (path, value) => ({ path, value: api.encodeValue(value) })
  const add = (ts, fuel, sum) => ok(ts, fuel, [put('/sum', sum)], { value: sum, reads: ['/sum'] })
  const { key: oplog } = database.oplog(CAROL)
  const path = api.inputPath(oplog)
  const removed = { path, value: api.encodeInput({ signer: CAROL.publicKey, oplog, active: false }) }
  const failed = {
    outcome: { kind: 'failed', code: 'contract', message: 'not today', ts: TS + 4, numChanges: 0, fuel: 245 },
    changes: [],
    reads: [],
  }
  const run = (pair, firstSeq, length, executed) => ({
    oplog: database.oplog(pair).key,
    firstSeq,
    head: database.oplog(pair).head(length),
    executed,
  })
  return [
    {
      runs: [
        run(ALICE, 0, 3, [add(1, 1100, 1), ok(1, 552, [put('/a', 'A')], { value: 'A' })]),
        run(BOB, 0, 1, [ok(2, 549, [put('/x', 1)], { value: 1 })]),
      ],
    },
    {
      runs: [
        run(ALICE, 2, 4, [add(3, 1133, 3), failed]),
        run(BOB, 1, 2, [ok(5, 397, [{ path: '/x', value: null }], { reads: ['/x'] })]),
      ],
    },
    { runs: [run(ALICE, 4, 6, [ok(6, 1307, [removed], { reads: [path] })])] },
    { runs: [run(ALICE, 5, 6, [add(7, 1133, 6)])] },
  ]
}
