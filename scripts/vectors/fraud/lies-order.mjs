// Lies about which ops were executed, and when.
import { flipped } from '../json.mjs'
import { keyPair } from '../keys.mjs'
import { BOB, CAROL, TS } from './database.mjs'
import { at, first, inRun, withChanges } from './places.mjs'

export function orderLies(api, database) {
  const stranger = keyPair(5)
  const run = (pair, firstSeq, length, executed) => ({
    oplog: database.oplog(pair).key,
    firstSeq,
    head: database.oplog(pair).head(length),
    executed,
  })
  const put = (ts) => ({
    outcome: { kind: 'ok', ts: TS + ts, numChanges: 1, fuel: 549 },
    changes: [{ path: '/c', value: api.encodeValue(1) }],
  })
  return [
    [
      'an op of a stranger',
      'not-a-participant',
      (batches) => {
        batches[1].runs[0].oplog = database.oplog(stranger).key
      },
      inRun(0, 2),
    ],
    [
      'an op of a participant that was removed',
      'not-a-participant',
      (batches) => {
        batches[3].runs = [run(CAROL, 0, 1, [put(7)])]
      },
      inRun(0, 0, 4),
    ],
    [
      'an op that is passed over',
      'op-skipped',
      (batches) => {
        const [accused] = batches[1].runs
        accused.firstSeq++
        accused.executed.shift()
      },
      inRun(0, 3),
    ],
    [
      'the first op of a participant that is passed over',
      'op-skipped',
      (batches) => {
        batches[1].runs.push(run(CAROL, 1, 1, [put(5)]))
      },
      inRun(2, 1),
    ],
    [
      'an op of an earlier batch again',
      'op-repeated',
      (batches) => {
        batches[1].runs[1].firstSeq = 0
      },
      inRun(1, 0),
    ],
    [
      'an op of the same batch again',
      'op-repeated',
      (batches) => {
        const [{ executed, ...accused }] = batches[1].runs
        batches[1].runs.push({ ...accused, executed: [at(executed[0], 5)] })
      },
      inRun(2, 2),
    ],
    [
      'an op beyond the head that its participant signed',
      'op-invented',
      (batches) => {
        batches[1].runs[1].head = database.oplog(BOB).head(1)
      },
      inRun(1, 1),
    ],
    [
      'a head of nothing',
      'op-invented',
      (batches) => {
        const [accused] = batches[1].runs
        accused.head = { ...accused.head, length: 0 }
      },
      inRun(0, 2),
    ],
    [
      'a head that its participant did not sign',
      'op-invented',
      (batches) => {
        const [accused] = batches[1].runs
        accused.head = { ...accused.head, signature: flipped(accused.head.signature) }
      },
      inRun(0, 2),
    ],
    [
      'an op before the last one of the batch before',
      'time-backwards',
      (batches) => {
        batches[1].runs[0].executed[0] = at(first(batches), 1)
      },
      inRun(0, 2),
    ],
    [
      'an op before the one ahead of it',
      'time-backwards',
      (batches) => {
        batches[1].runs[0].executed[1] = at(batches[1].runs[0].executed[1], 2)
      },
      inRun(0, 3),
    ],
    [
      'an op after one that changed the participants',
      'batch-not-cut',
      (batches) => {
        batches[2].runs.push(run(CAROL, 0, 1, [put(6)]))
      },
      inRun(1, 0, 3),
    ],
    [
      'an op after one that changed the contract',
      'batch-not-cut',
      (batches) => {
        batches[1].runs[0].executed[0] = withChanges(first(batches), [
          { path: api.SOURCE_PATH, value: api.encodeValue('export const apply = {}') },
        ])
      },
      inRun(0, 3),
    ],
  ]
}
