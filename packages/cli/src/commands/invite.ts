import type { Database } from 'vitra'
import { callMethod } from '../call-method.js'
import { defineCommand } from '../command.js'
import { CliError, UsageError } from '../errors.js'
import { EXIT } from '../exit-codes.js'
import { Deadline } from '../network.js'
import { type NetworkOptions, networkOptions } from '../options.js'
import { parseParamsJson } from '../params/parse.js'
import { waitNote } from './call.js'

interface Options extends NetworkOptions {
  readonly method?: string
  readonly params?: string
}

/** The method that contracts admit participants with, by convention: `addParticipant({ pubkey })`. */
const ADMITTING_METHOD = 'addParticipant'
const WAIT_SECONDS = 15

export const invite = defineCommand<Options>({
  name: 'invite',
  args: '[pubkey]',
  argsSay: { pubkey: 'public key that the newcomer got from `vitra join`' },
  summary: 'Tell a newcomer what to run; then admit its public key',
  details:
    'Without a key it prints the commands for the newcomer. With one it calls the method of the contract that admits ' +
    `participants, by convention ${ADMITTING_METHOD}({ pubkey }), which has to end in tx.addOplog({ pubkey }).`,
  options: [
    { flags: '--method <name>', says: `the method to call (default ${ADMITTING_METHOD})` },
    { flags: '--params <json>', says: 'more parameters for it, besides pubkey' },
    ...networkOptions(`how long to wait for the executor (default ${WAIT_SECONDS})`),
  ],
  examples: [
    { run: 'vitra invite', says: 'what to send to a newcomer' },
    { run: 'vitra invite <pubkey>', says: 'admit the key that came back' },
    {
      run: `vitra invite <pubkey> --method admit --params '{"role": "editor"}'`,
      says: 'with another method',
    },
  ],
  resume: () => 'ops that were written stay, and are executed: see them with `vitra tx list`',
  async run({ context, args: [pubkey], options }) {
    const db = await context.database()
    const key = db.pubkey.toString('hex')
    if (pubkey === undefined) {
      const commands = [`vitra load ${key}`, 'vitra join']
      context.out.result({ key, commands, next: 'vitra invite <public key>' }, commands)
      context.out.note(
        'Send these commands to the newcomer, and keep the database online meanwhile: vitra host\n' +
          'The second one prints a public key. With it you run: vitra invite <public key>',
      )
      return EXIT.ok
    }
    const newcomer = readPublicKey(pubkey, db)
    if (await isAdmitted(db, newcomer)) {
      context.out.result({ publicKey: newcomer, status: 'admitted' }, [`${newcomer} takes part already`])
      return EXIT.ok
    }
    const method = options.method ?? ADMITTING_METHOD
    await assertMethod(db, method)
    const params = {
      pubkey: newcomer,
      ...(options.params === undefined ? {} : parseParamsJson(options.params)),
    }
    const deadline = new Deadline(options, WAIT_SECONDS)
    const { tx, status } = await callMethod(context, db, {
      method,
      params,
      network: options,
      deadline,
      wait: true,
    })
    const state = (await isAdmitted(db, newcomer))
      ? 'admitted'
      : status === 'pending'
        ? 'pending'
        : 'proposed'
    context.out.result({ publicKey: newcomer, status: state, txId: tx.txId }, [STATES[state](newcomer)])
    if (state === 'admitted')
      context.out.note('The newcomer can call from now on, once its copy has heard of it.')
    if (state === 'pending') context.out.note(waitNote(db, tx.ops.length))
    return EXIT.ok
  },
})

const STATES = {
  admitted: (key: string) => `admitted ${key}`,
  pending: (key: string) => `${key} is admitted once the executor has run the call`,
  proposed: (key: string) => `the call was run and ${key} is not admitted yet: the contract asks for more`,
}

function readPublicKey(text: string, db: Database): string {
  const key = text.trim().toLowerCase()
  const hint = 'the newcomer gets it from `vitra join`: 64 hex digits'
  if (!/^[0-9a-f]{64}$/.test(key)) throw new UsageError('USAGE', `${text} is not a public key`, hint)
  if (key === db.pubkey.toString('hex')) {
    throw new UsageError('USAGE', `${key} is the key of the database itself, not of a participant`, hint)
  }
  return key
}

/** As the newest version of the index has it: what the database keeps in memory follows a little later. */
async function isAdmitted(db: Database, key: string): Promise<boolean> {
  if (db.index.version === 0) return false
  const inputs = (await db.index.list('/.sys/inputs')).map(({ value }) => value as Input)
  return inputs.some(({ signer, active }) => active && Buffer.from(signer).toString('hex') === key)
}

interface Input {
  readonly signer: Uint8Array
  readonly active: boolean
}

/** @throws {CliError} `NO_ADMITTING_METHOD` */
async function assertMethod(db: Database, method: string): Promise<void> {
  const names = (await db.methods()).map(({ name }) => name)
  if (names.includes(method)) return
  throw new CliError(
    'NO_ADMITTING_METHOD',
    `the contract has no method ${method}; it has ${names.join(', ') || 'none'}`,
    {
      hint:
        'where one of them admits participants, name it with --method; a contract admits a participant with ' +
        'tx.addOplog({ pubkey }) in `apply`, and one without that takes no newcomers',
      details: { method, methods: names },
    },
  )
}
