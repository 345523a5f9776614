import type { Database } from 'vitra'
import { defineCommand } from '../command.js'
import { confirm } from '../confirm.js'
import type { Context } from '../context.js'
import { EXIT } from '../exit-codes.js'
import { Jobs } from '../jobs.js'
import { count } from '../output/text.js'

interface Options {
  readonly yes?: boolean
}

interface Given {
  readonly context: Context
  readonly db: Database
  readonly pubkey: string
  readonly yes: boolean
}

const JOBS = new Jobs<(given: Given) => Promise<void>>('oplog', {
  list: { run: list },
  create: { run: create },
  use: { takes: '<pubkey>', run: use },
  delete: { takes: '<pubkey>', options: [{ flags: '--yes', says: 'do not ask' }], run: remove },
})

export const oplog = defineCommand<Options>({
  name: 'oplog',
  args: '<what> [pubkey]',
  argsSay: { what: JOBS.says, pubkey: 'public key of a participant, as list prints it' },
  completes: { what: JOBS.words },
  summary: 'Look at the participants and their oplogs, and at the key pairs of this copy',
  details: `list prints every participant that the contract has admitted, and the key pairs here that wait for it. create makes one
more key pair; \`vitra join\` is the way to the first. use has calls from here written by another one of them. delete removes a
secret key from this copy for good: what it has written stays. It asks first, and needs --yes where there is no terminal.`,
  options: JOBS.options,
  examples: [
    { run: 'vitra oplog list', says: 'who takes part' },
    { run: 'vitra oplog create', says: 'one more key pair' },
    { run: 'vitra oplog use <pubkey>', says: 'calls are of this participant from now on' },
    { run: 'vitra oplog delete <pubkey> --yes', says: 'in a script' },
  ],
  async run({ context, args: [what, pubkey], options }) {
    const run = JOBS.find(what, pubkey, options)
    await run({ context, db: await context.database(), pubkey: pubkey ?? '', yes: options.yes ?? false })
    return EXIT.ok
  },
})

async function list({ context: { out }, db }: Given): Promise<void> {
  const kept = new Set((await db.identities()).map(String))
  const admitted = db.oplogs.map(({ publicKey, key, active, local }) => {
    const id = publicKey.toString('hex')
    return {
      publicKey: id,
      oplog: key.toString('hex'),
      state: active ? 'active' : 'removed',
      kept: kept.has(id),
      local,
    }
  })
  const known = new Set(admitted.map(({ publicKey }) => publicKey))
  const waiting = [...kept]
    .filter((publicKey) => !known.has(publicKey))
    .map((publicKey) => ({ publicKey, oplog: null, state: 'waiting', kept: true, local: false }))
  const participants = [...admitted, ...waiting]
  const lines = participants.map(({ publicKey, state, kept: isKept, local }) => {
    return `${publicKey}  ${state}${local ? ', calls from here' : isKept ? ', key is here' : ''}`
  })
  out.result({ participants }, lines)
  if (participants.length === 0) out.note('Nobody takes part yet, as far as this copy knows: vitra sync')
}

async function create({ context: { out }, db }: Given): Promise<void> {
  const { publicKey } = await db.createIdentity()
  const key = publicKey.toString('hex')
  out.result({ publicKey: key }, [key])
  out.note(`Somebody who admits participants runs: vitra invite ${key}`)
}

async function use({ context: { out }, db, pubkey }: Given): Promise<void> {
  await db.setLocalOplog(pubkey)
  out.result({ publicKey: pubkey }, [`calls from here are written by ${pubkey}`])
}

async function remove({ context, db, pubkey, yes }: Given): Promise<void> {
  const waiting = (await db.pending()).length
  const what = `This removes the secret key of ${pubkey} for good.`
  const isHere = (await db.identities()).some((kept) => String(kept) === pubkey.toLowerCase())
  if (isHere && !yes) await confirm(context, what, pubkey.slice(0, 8))
  await db.deleteIdentity(pubkey)
  context.out.result({ publicKey: pubkey, removed: true }, [`removed the secret key of ${pubkey}`])
  if (waiting > 0)
    context.out.note(`${count(waiting, 'call')} not executed yet: they stay in the logs, and are executed.`)
}
