// A database with low limits, and batches that do not keep them.
import { ALICE, BOB, openDatabase, TS } from './database.mjs'

const LIMITS = { runBytesMax: 40, batchOpsMax: 4, batchBytesMax: 200, valueBytesMax: 300 }

/** A database of nothing but small ops. */
export function openSmallDatabase(api) {
  const ops = Array.from({ length: 8 }, (_, n) => ({ op: 'PUT', key: '/k', value: n }))
  const of = ({ publicKey }) => api.toHex(publicKey)
  return openDatabase(api, { limits: LIMITS, ops: { [of(ALICE)]: ops, [of(BOB)]: ops } })
}

/** `[comment, code, batches, {run, seq}]`: what breaks a limit in the second batch, and where. */
export function excesses(api, database) {
  const run = (pair, firstSeq, executed) => ({
    oplog: database.oplog(pair).key,
    firstSeq,
    head: database.oplog(pair).head(8),
    executed,
  })
  const put = (ts, value = 1, more = {}) => ({
    outcome: { kind: 'ok', ts: TS + ts, numChanges: 1, fuel: 549, value: api.encodeValue(1), ...more },
    changes: [{ path: '/k', value: api.encodeValue(value) }],
  })
  const puts = (count) => Array.from({ length: count }, (_, n) => put(2 + n))
  const long = 'x'.repeat(400)
  const begun = { runs: [run(ALICE, 0, [put(1)])] }
  const over = (comment, code, runs, place) => [comment, code, [begun, { runs }], place]
  return [
    over('a run that should have closed', 'limit-exceeded', [run(ALICE, 1, puts(4))], { run: 0, seq: 1 }),
    over(
      'a batch of too many ops',
      'limit-exceeded',
      [run(ALICE, 1, puts(3)), run(BOB, 0, [put(5), put(6)])],
      { run: 1, seq: 1 },
    ),
    over('a batch of too many bytes', 'limit-exceeded', [run(ALICE, 1, [put(2, 'x'.repeat(200)), put(3)])], {
      run: 0,
      seq: 2,
    }),
    over(
      'metadata larger than a value may be',
      'limit-exceeded',
      [run(ALICE, 1, [put(2, 1, { metadata: api.encodeValue(long) })])],
      { run: 0, seq: 1 },
    ),
    over('a value larger than one may be', 'wrong-changes', [run(ALICE, 1, [put(2, long)])], {
      run: 0,
      seq: 1,
    }),
  ]
}
