import { existsSync } from 'node:fs'
import path from 'node:path'
import { defineCommand } from '../command.js'
import { CliError, UsageError } from '../errors.js'
import { EXIT } from '../exit-codes.js'
import { forgetUsed, rememberUsed, usedFolder } from '../used.js'

interface Options {
  readonly none?: boolean
}

export const use = defineCommand<Options>({
  name: 'use',
  args: '[folder]',
  argsSay: { folder: 'folder of a database; left out, the one in use is printed' },
  summary: 'Choose the database that commands work on',
  details: `It is kept for you, in every terminal, until another one is chosen. --dir, VITRA_DIR and a .vitra here or above go
before it.`,
  options: [{ flags: '--none', says: 'choose none' }],
  runsAlone: true,
  examples: [
    { run: 'vitra use ./alice', says: 'from now on' },
    { run: 'vitra use', says: 'which one it is' },
    { run: 'vitra use --none', says: 'none any more' },
  ],
  async run({ context, args: [name], options }) {
    const { io, out } = context
    if (options.none) {
      if (name !== undefined)
        throw new UsageError('USAGE', 'name a folder or --none', 'see `vitra use --help`')
      forgetUsed(io)
      out.result({ folder: null }, ['none is in use'])
      return EXIT.ok
    }
    if (name === undefined) {
      const folder = usedFolder(io)
      out.result({ folder }, [folder ?? 'none is in use'])
      return EXIT.ok
    }
    const folder = path.resolve(io.cwd, name)
    if (!existsSync(path.join(folder, 'vitra.json')))
      throw new CliError('FOLDER_NOT_FOUND', `${folder} holds no database`, {
        hint: 'make one with `vitra init <contract.js>`, or copy one with `vitra load <key>`',
        details: { folder },
      })
    rememberUsed(io, folder)
    out.result({ folder }, [folder])
    return EXIT.ok
  },
})
