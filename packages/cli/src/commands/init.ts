import type { ContractOptions } from 'vitra'
import { defineCommand } from '../command.js'
import { readContract } from '../contract-file.js'
import { UsageError } from '../errors.js'
import { EXIT } from '../exit-codes.js'
import { inNewFolder } from '../folder.js'
import { chosenDurability, DURABILITY_OPTION, type DurabilityOptions } from '../options.js'

interface Options extends DurabilityOptions {
  readonly participants?: readonly string[]
  readonly limits?: Record<string, number>
  readonly script?: boolean
}

export const init = defineCommand<Options>({
  name: 'init',
  args: '<contract>',
  argsSay: {
    contract: 'file of the contract or script, .js or .ts, see `vitra build`; - for standard input',
  },
  summary: 'Make a database from a contract, and be its executor',
  details:
    'The database goes to ./.vitra unless --dir or VITRA_DIR names a folder. Its key is printed: it pins contract, ' +
    'founders and rules for good. Keep the folder: it holds the secret keys.',
  options: [
    {
      flags: '--script',
      says: 'the file is a script: its exported functions are the calls, its exported variables and files are kept',
    },
    {
      flags: '--participants <pubkey...>',
      says: 'public keys of participants from the start, besides yourself (see `vitra join`)',
    },
    {
      flags: '--limits <json>',
      says: 'limits that differ from the default ones, such as {"opBytesMax": 4096}',
      parse: readLimits,
    },
    DURABILITY_OPTION,
  ],
  runsAlone: true,
  examples: [
    { run: 'vitra init counter.js', says: 'make it in ./.vitra' },
    { run: 'vitra init counter.js --dir ./db', says: 'make it in another folder' },
    { run: 'vitra init --script forum.js', says: 'from a script: then `vitra call addTopic`' },
  ],
  async run({ context, args: [file], options }) {
    const { participants = [], limits, script = false } = options
    const contract = await readContract(context, file!, script)
    const { Database } = await import('vitra')
    const create = (chosen: ContractOptions) =>
      Database.create(context.newFolder, {
        contract: chosen,
        participants,
        ...(limits === undefined ? {} : { limits }),
        ...chosenDurability(options),
        onLog: context.onLog,
      })
    const db = context.keep(await inNewFolder(context.newFolder, () => contract.using(create)))
    const key = db.pubkey.toString('hex')
    const participant = db.localOplog!.publicKey.toString('hex')
    const warnings = await db.warnings()
    context.out.result({ key, folder: db.path, participant, warnings }, [key])
    for (const text of await contract.warningTexts(warnings)) context.out.warn(text)
    context.out.note(`A new database is in ${db.path}; its key is above. You execute it and take part in it.`)
    context.out.note(
      'Next: `vitra methods` and `vitra call <method>`; `vitra host` keeps it online; `vitra invite` lets others in.',
    )
    return EXIT.ok
  },
})

function readLimits(text: string): unknown {
  try {
    const limits = JSON.parse(text)
    if (typeof limits === 'object' && limits !== null && !Array.isArray(limits)) return limits
  } catch {
    // told below
  }
  throw new UsageError('USAGE', '--limits is not a JSON object', `write --limits '{"opBytesMax": 4096}'`)
}
