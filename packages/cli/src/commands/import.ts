import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { defineCommand } from '../command.js'
import { CliError, whyUnreadable } from '../errors.js'
import { EXIT } from '../exit-codes.js'
import { inNewFolder } from '../folder.js'

interface Options {
  readonly key?: string
}

export const importCommand = defineCommand<Options>({
  name: 'import',
  args: '<file>',
  argsSay: { file: 'a backup that `vitra export` has written' },
  summary: 'Restore a database from a backup',
  details: `The database goes to ./.vitra unless --dir or VITRA_DIR names a folder. Every block is checked under its owner's
signature; nothing is left in the folder where something is wrong.

A backup may be old, and two copies that both write sign two histories. So nothing is written here before a peer has said how
far the logs are: keep it online with \`vitra serve start\`. Where nobody has more of them, and the original is gone for good,
\`vitra doctor --alone\` states that.`,
  options: [{ flags: '--key <key>', says: 'public key of the database: a backup of another one is refused' }],
  runsAlone: true,
  examples: [
    { run: 'vitra import backup.tgz', says: 'into ./.vitra' },
    { run: 'vitra import backup.tgz --dir ./restored --key <key>', says: 'this database and no other' },
  ],
  resume: (_, again) => `nothing was restored; begin again with: ${again()}`,
  async run({ context, args: [name], options }) {
    const { importDatabase } = await import('vitra')
    const { io, out } = context
    const folder = context.newFolder
    const file = path.resolve(io.cwd, name!)
    await assertFile(file, name!)
    const given = options.key === undefined ? {} : { pubkey: options.key }
    const { key, madeAt, version, executes } = await inNewFolder(folder, () =>
      importDatabase(folder, unzipped(file, context.signal), given),
    )
    out.result({ key: key.toString('hex'), folder, madeAt: madeAt.toISOString(), version, executes }, [
      key.toString('hex'),
    ])
    out.note(`The database of ${madeAt.toISOString()} is in ${folder}, at version ${version}.`)
    out.note(
      'Nothing is written before a peer has said how far the logs are: vitra serve start, vitra doctor',
    )
    return EXIT.ok
  },
})

/** Begins to read when it is asked: what is wrong with the file is told to whoever reads. */
async function* unzipped(file: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of pipeline(createReadStream(file), createGunzip(), () => {})) {
    signal.throwIfAborted()
    yield chunk as Uint8Array
  }
}

/** @throws {CliError} `FILE_UNREADABLE` */
async function assertFile(file: string, name: string): Promise<void> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => error)
  if (!(found instanceof Error) && found.isFile()) return
  const why = found instanceof Error ? whyUnreadable(found) : 'it is no file'
  throw new CliError('FILE_UNREADABLE', `${name} cannot be read: ${why}`, {
    hint: 'name a backup that `vitra export` has written',
  })
}
