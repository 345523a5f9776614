// Lies in records of batches and in runs.
import { filled, flipped, text } from '../json.mjs'
import { inBlock, inRecord, inRun } from './places.mjs'

export function recordLies(api) {
  const replaced = (change) => () => ({
    entries: (entries, number) =>
      number === 2 ? [...entries.slice(0, -1), { path: api.BATCH_PATH, value: change(entries) }] : entries,
  })
  const patched = (patch) =>
    replaced((entries) => {
      const record = api.decodeBatch(entries.at(-1).value)
      return api.encodeBatch({ ...record, ...patch(record) })
    })
  const lie = (comment, tell, where = inRecord) => [comment, 'record-invalid', tell, where]
  return [
    lie(
      'another number of a batch',
      patched(() => ({ number: 7 })),
    ),
    lie(
      'another end of the batch before',
      patched(() => ({ prevEnd: 1 })),
    ),
    lie(
      'another tree hash of the batch before',
      patched(() => ({ prevTreeHash: filled(1) })),
    ),
    lie(
      'another signature of the head before',
      patched(({ prevSignature }) => ({ prevSignature: flipped(prevSignature) })),
    ),
    lie(
      'another number of runs',
      patched(({ runs }) => ({ runs: runs + 1 })),
    ),
    lie(
      'another number of blocks',
      patched(({ blocks }) => ({ blocks: blocks + 1 })),
    ),
    lie(
      'another time than that of the last outcome',
      patched(({ lastTs }) => ({ lastTs: lastTs + 1 })),
    ),
    lie(
      'a record that cannot be decoded',
      replaced(() => Uint8Array.of(1, 2, 3)),
    ),
    lie(
      'an engine whose name has another form',
      patched(() => ({ engine: 'node-20.0' })),
    ),
    lie(
      'a record that is deleted',
      replaced(() => null),
    ),
    lie(
      'a record of genesis',
      replaced((entries) => recordOfGenesis(api, entries)),
    ),
    lie('a batch in which nothing was executed', (batches) => {
      batches[1].runs = []
    }),
    lie(
      'a block that is no entry',
      () => ({ blocks: (blocks, number) => (number === 2 ? blocks.with(1, text('no entry')) : blocks) }),
      inBlock(1),
    ),
  ]
}

function recordOfGenesis(api, entries) {
  const record = api.decodeBatch(entries.at(-1).value)
  const nothing = new Uint8Array()
  return api.encodeBatch({
    ...record,
    number: 0,
    prevEnd: 0,
    prevTreeHash: nothing,
    prevSignature: nothing,
  })
}

export function runLies(api) {
  const rewritten = (rewrite) => () => ({
    entries: (entries, number) =>
      number === 2
        ? entries.map(({ path, value }) => ({
            path,
            value: api.parseRunPath(path) === null ? value : rewrite(value),
          }))
        : entries,
  })
  const encoded = (change) => rewritten((value) => api.encodeRun({ ...change(api.decodeRun(value)) }))
  const atRun = ({ runs }) => ({ number: 2, block: runs[2][0] })
  return [
    ['a run that cannot be decoded', 'run-invalid', rewritten(() => Uint8Array.of(1, 2, 3)), atRun],
    ['a run without an outcome', 'run-invalid', encoded((run) => ({ ...run, outcomes: [] })), atRun],
    [
      'a result that is no value',
      'run-invalid',
      encoded(({ outcomes, ...run }) => ({
        ...run,
        outcomes: outcomes.with(0, { ...outcomes[0], value: Uint8Array.of(0xff) }),
      })),
      atRun,
    ],
    [
      'another previous run',
      'run-invalid',
      encoded((run) => ({ ...run, prevRun: run.prevRun + 1 })),
      inRun(0, 2),
    ],
  ]
}
