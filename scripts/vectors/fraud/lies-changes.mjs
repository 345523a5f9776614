// Lies about what ops changed that no contract could tell.
import { filled } from '../json.mjs'
import { ALICE, CAROL } from './database.mjs'
import { first, inBlock, inRun, oneByOne, withChanges, withOutcome } from './places.mjs'

/** What is wrong with changes whatever the contract is. */
export function changeLies(api, database) {
  const unprompted = (change) => (batches) => {
    batches[1].unprompted = [change]
  }
  const value = api.encodeValue(1)
  const lastBefore = ({ ends }) => ({ number: 2, block: ends[2] - 2 })
  const wrong = (comment, changes) => [
    comment,
    'wrong-changes',
    (batches) => {
      batches[1].runs[0].executed[0] = withChanges(first(batches), changes)
    },
    inRun(0, 2),
  ]
  const input = (fields) => ({ signer: filled(7), oplog: filled(8), active: true, ...fields })
  const { key } = database.oplog(CAROL)
  return [
    [
      'a change behind the last op',
      'unprompted-change',
      unprompted({ path: '/unprompted', value }),
      lastBefore,
    ],
    [
      'a run that is deleted',
      'unprompted-change',
      unprompted({ path: api.runPath({ oplog: database.oplog(ALICE).key, firstSeq: 0 }), value: null }),
      lastBefore,
    ],
    [
      'an outcome that counts fewer changes than follow it',
      'unprompted-change',
      (batches) => {
        batches[1].runs[0].executed[0] = withOutcome(first(batches), { numChanges: 0 })
      },
      inBlock(1),
    ],
    [
      'an outcome that counts more changes than follow it',
      'wrong-changes',
      (batches) => {
        const { executed } = batches[1].runs[1]
        executed[0] = withOutcome(executed[0], { numChanges: 2 })
      },
      inRun(1, 1),
    ],
    [
      'changes of an op that failed',
      'wrong-changes',
      (batches) => {
        const { executed } = batches[1].runs[0]
        executed[1] = withChanges(executed[1], [{ path: '/b', value }])
      },
      inRun(0, 3),
    ],
    wrong('a value that is none', [{ path: '/b', value: Uint8Array.of(0xff) }]),
    wrong('a participant that is deleted', [{ path: api.inputPath(key), value: null }]),
    wrong('a participant at another path', [
      { path: api.inputPath(key), value: api.encodeInput(input({ active: false })) },
    ]),
    wrong('a participant whose oplog does not follow from its signer', [
      { path: api.inputPath(filled(8)), value: api.encodeInput(input({})) },
    ]),
    wrong('a contract that is no text', [{ path: api.SOURCE_PATH, value }]),
    wrong('another entry below /.sys', [{ path: '/.sys/contract/other', value }]),
    ...[
      ['a message of an op that could not be run', { message: 'hidden' }],
      ['fuel of an op that could not be run', { message: '', fuel: 1 }],
      ['no message of an op that could not be run', {}],
    ].map(([comment, more]) => [
      comment,
      'wrong-outcome',
      (batches) => {
        const { ts } = first(batches).outcome
        const outcome = { kind: 'failed', code: 'unexecutable', ts, numChanges: 0, fuel: 0, ...more }
        batches[1].runs[0].executed[0] = { outcome, changes: [] }
      },
      inRun(0, 2),
    ]),
    [
      'the right entries in another tree',
      'non-canonical-index',
      () => ({ layOut: (entries, number) => (number === 2 ? oneByOne(entries) : [entries]) }),
      inBlock(0),
      'layout',
    ],
  ]
}
