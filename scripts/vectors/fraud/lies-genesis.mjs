// Lies about how a database began.
import { filled } from '../json.mjs'
import { inGenesis, oneByOne } from './places.mjs'

export function genesisLies(api) {
  const genesis = (rewrite) => () => ({
    entries: (entries, number) => (number === 0 ? rewrite(entries) : entries),
  })
  const replaced = (path, value) =>
    genesis((entries) => entries.map((entry) => (entry.path === path ? { path, value } : entry)))
  const founder = (oplog, signer = filled(7)) => ({
    path: api.inputPath(oplog),
    value: api.encodeInput({ signer, oplog, active: true }),
  })
  const code = 'genesis-invalid'
  return [
    [
      'another contract than the key commits to',
      code,
      replaced(api.SOURCE_PATH, api.encodeValue('export const apply = {}')),
      inGenesis,
    ],
    [
      'a founder more',
      code,
      genesis(([source, ...rest]) => [source, founder(filled(1)), ...rest]),
      inGenesis,
    ],
    ['no founder', code, genesis((entries) => [entries[0], ...entries.slice(-2)]), inGenesis],
    [
      'a participant of another form',
      code,
      genesis(([source, { path }, ...rest]) => [source, { path, value: api.encodeValue(1) }, ...rest]),
      inGenesis,
    ],
    [
      'rules that cannot be decoded',
      code,
      replaced(api.GENESIS_PATH, api.encodeGenesis({ rules: Uint8Array.of(0xff), nonce: filled(4) })),
      inGenesis,
    ],
    [
      'no genesis record',
      code,
      genesis((entries) => entries.filter(({ path }) => path !== api.GENESIS_PATH)),
      inGenesis,
    ],
    [
      'an entry that the rules do not commit to',
      code,
      genesis((entries) => [
        ...entries.slice(0, -2),
        { path: '/sum', value: api.encodeValue(9) },
        ...entries.slice(-2),
      ]),
      inGenesis,
    ],
    [
      'founders in another order',
      code,
      genesis(([source, one, two, ...rest]) => [source, two, one, ...rest]),
      inGenesis,
      'layout',
    ],
    [
      'a genesis in another tree',
      code,
      () => ({ layOut: (entries, number) => (number === 0 ? oneByOne(entries) : [entries]) }),
      inGenesis,
      'layout',
    ],
  ]
}
