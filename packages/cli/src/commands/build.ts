import { stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { defineCommand } from '../command.js'
import { readContract } from '../contract-file.js'
import { UsageError } from '../errors.js'
import { EXIT } from '../exit-codes.js'
import { count } from '../output/text.js'
import { writingFile } from '../output/write-file.js'

interface Options {
  readonly out?: string
  readonly check?: boolean
  readonly script?: boolean
}

export const build = defineCommand<Options>({
  name: 'build',
  args: '<contract>',
  argsSay: {
    contract: 'file of the contract, or of the script: .ts, .mts, .js or .mjs; - for standard input',
  },
  summary: 'Make the one source that a database publishes out of your files',
  details: `TypeScript loses its types, and the files and packages that the contract imports become part of it. One file of plain
JavaScript stays as it is. The same files give the same bytes on every machine, and no file of configuration is read. Comments
that begin with /*! or //! are kept.

What was made is loaded as a database would load it, and what makes it slow is told. Types are not checked: \`tsc --noEmit\` does
that. \`vitra init\`, \`vitra dev\` and tests build by themselves; this command shows what they publish.

With --script the file is a script, CommonJS or an ES module, and so is what is made of it: plain JavaScript that
\`vitra init --script\` and the library take.`,
  options: [
    { flags: '--script', says: 'the file is a script, see `vitra init --script`' },
    { flags: '--out <file>', says: 'write it to a file; by default it is printed' },
    { flags: '--check', says: 'only check; nothing is written' },
  ],
  runsAlone: true,
  examples: [
    { run: 'vitra build counter.ts', says: 'print what would be published' },
    { run: 'vitra build counter.ts --out counter.js', says: 'write it to a file' },
    { run: 'vitra build counter.ts --check', says: 'is it a contract?' },
    { run: 'vitra build --script forum.ts --out forum.js', says: 'a script' },
  ],
  async run({ context, args: [name], options }) {
    const { io, out } = context
    if (options.check && options.out !== undefined)
      throw new UsageError('USAGE', '--check writes nothing: leave out --out, or --check')
    const isScript = options.script ?? false
    const contract = await readContract(context, name!, isScript)
    const { inspectContract } = await import('vitra')
    const { methods, warnings, unknown } = await contract.using(inspectContract)
    const { source } = contract
    const file = options.out === undefined ? null : path.resolve(io.cwd, options.out)
    if (file !== null) {
      await assertNoInput(file, contract.files)
      await writingFile(options.out!, () => writeFile(file, source))
    }
    const files = contract.files.map((input) => path.relative(io.cwd, input))
    const bytes = Buffer.byteLength(source)
    const says = `${count(bytes, 'byte')}, ${count(methods.length, isScript ? 'function' : 'method')}`
    const lines = options.check
      ? [`${name} is a ${isScript ? 'script' : 'contract'}: ${says}`]
      : file === null
        ? [out.foreign(source.endsWith('\n') ? source.slice(0, -1) : source)]
        : [`wrote ${options.out}: ${says}`]
    const isPrinted = file === null && !options.check
    out.result({ files, bytes, methods, warnings, unknown, ...(isPrinted ? { source } : {}) }, lines)
    for (const text of await contract.warningTexts(warnings)) out.warn(text)
    return EXIT.ok
  },
})

/** @throws {UsageError} where the file to write is one of the contract's own */
async function assertNoInput(file: string, inputs: readonly string[]): Promise<void> {
  const there = await stat(file).catch(() => null) // what keeps it from being looked at is told when it is written
  for (const input of inputs) {
    const { dev, ino } = await stat(input)
    if (there !== null && there.dev === dev && there.ino === ino)
      throw new UsageError('USAGE', '--out names a file of the contract itself', 'name another file')
  }
}
