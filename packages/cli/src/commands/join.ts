import { defineCommand } from '../command.js'
import { EXIT } from '../exit-codes.js'
import { ownKey } from '../role.js'

export const join = defineCommand({
  name: 'join',
  summary: 'Make a key pair to take part with, and print its public key',
  details:
    'Hand the public key to somebody who may admit participants: they run `vitra invite <public key>`. The secret key ' +
    'stays in the folder. Run again it prints the same key and tells whether it is admitted yet.',
  examples: [
    { run: 'vitra join', says: 'print the public key to hand over' },
    { run: 'vitra join --json', says: 'with its state' },
  ],
  async run({ context }) {
    const db = await context.database()
    const publicKey = (await ownKey(db)) ?? (await db.createIdentity()).toString()
    if (db.localOplog === null) await db.setLocalOplog(publicKey)
    const oplog = db.oplogs.find((known) => known.publicKey.toString('hex') === publicKey)
    const state = oplog === undefined ? 'waiting' : oplog.active ? 'admitted' : 'removed'
    context.out.result({ publicKey, state, key: db.pubkey.toString('hex') }, [publicKey])
    context.out.note(NEXT[state](publicKey))
    return EXIT.ok
  },
})

const NEXT = {
  waiting: (key: string) =>
    `Hand this public key to somebody who admits participants; they run: vitra invite ${key}\n` +
    'Then `vitra call <method>` works from here: it fetches the newest state first.',
  admitted: () => 'This copy takes part already: `vitra call <method>` works from here.',
  removed: () => 'The contract has removed this participant: somebody has to invite it again.',
} as const
