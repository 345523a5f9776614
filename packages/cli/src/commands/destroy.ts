import { rm, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { defineCommand } from '../command.js'
import { confirm } from '../confirm.js'
import { EXIT } from '../exit-codes.js'
import { OWN_FILES } from '../folder.js'
import { holderOf } from '../holder/mark.js'
import { keptBy } from '../open-database.js'

interface Options {
  readonly yes?: boolean
}

export const destroy = defineCommand<Options>({
  name: 'destroy',
  summary: 'Remove the database from this machine for good',
  details: `Removes logs, secret keys and evidence, and the folder where nothing else is in it. Nobody can undo this: where this
copy executes, nothing is executed any more; ops that only this copy has are lost. Copies of others stay. It asks first, and
needs --yes where there is no terminal to ask at.`,
  options: [{ flags: '--yes', says: 'do not ask' }],
  runsAlone: true,
  examples: [
    { run: 'vitra destroy', says: 'asks for the name of the folder' },
    { run: 'vitra destroy --dir ./old --yes', says: 'in a script' },
  ],
  async run({ context, options }) {
    const { destroyDatabase } = await import('vitra')
    const { folder } = context
    const holder = holderOf(folder)
    if (holder !== null) throw keptBy(folder, holder)
    if (!options.yes)
      await confirm(context, `This removes ${folder} with its keys for good.`, path.basename(folder))
    await destroyDatabase(folder)
    for (const name of OWN_FILES) await rm(path.join(folder, name), { force: true })
    const isGone = await rmdir(folder).then(
      () => true,
      ({ code }: NodeJS.ErrnoException) => code === 'ENOENT',
    )
    context.out.result({ folder, removed: isGone }, [
      isGone ? `removed ${folder}` : `removed the database in ${folder}; other files there were left`,
    ])
    return EXIT.ok
  },
})
