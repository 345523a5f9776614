import path from 'node:path'
import { rememberPlaces } from '../code-place.js'
import { defineCommand } from '../command.js'
import type { Context } from '../context.js'
import { type ContractFile, readContract } from '../contract-file.js'
import { openOriginal } from '../dev/original.js'
import { readCommands } from '../dev/read-commands.js'
import { tellDifference, tellOps } from '../dev/tell-ops.js'
import { Workbench } from '../dev/workbench.js'
import { UsageError } from '../errors.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { explain } from '../explain.js'
import { Lane } from '../live.js'
import type { Output } from '../output/output.js'
import { count, tame, tameLine } from '../output/text.js'
import { converse } from '../session/session.js'

interface Options {
  readonly from?: string
  readonly reset?: boolean
  readonly script?: boolean
}

export const dev = defineCommand<Options>({
  name: 'dev',
  args: '[contract]',
  argsSay: { contract: 'file of the contract, .js or .ts; with --from by default that of the copy' },
  summary: 'Try a contract while you write it',
  details: `A throw-away database of the contract, which is made again whenever a file of it changes: the ops made so far are replayed, as who
made them and at their times, and those that end differently now are shown. A contract that is none is told, and the one before
runs on. Every op is printed with what became of it, its changes and its fuel, and so is what the contract prints with console.

At a terminal it is a session too, as \`vitra session\`: .call increment --amount 2, or increment({ amount: 2 }). Else commands are
read from standard input, one a line, and it ends with them: the exit code is that of the first one that failed.

Nothing is left behind, unless --dir names a new folder that keeps the database: that is there once the command has ended. What
one that was killed has left the next one takes away; where it had a --dir, the next one with that --dir says where it is. It is on no network, and has keys of its own: with
--from it has contract and state of another database, and none of its participants.`,
  options: [
    {
      flags: '--from <database>',
      says: 'begin with contract and state of a copy: the folder of a database, or a backup',
    },
    { flags: '--script', says: 'the file is a script, see `vitra init --script`' },
    { flags: '--reset', says: 'begin anew with each change, instead of replaying the ops' },
  ],
  runsAlone: true,
  outsideSessions: true,
  staysUntilStopped: true,
  examples: [
    { run: 'vitra dev counter.ts', says: 'and again whenever it changes, or what it imports' },
    { run: 'vitra dev --script forum.ts', says: 'a script' },
    { run: 'vitra dev counter.ts --from ./db', says: 'on the state of a database' },
    { run: 'vitra dev counter.ts < commands.txt', says: 'from a script, one command a line' },
  ],
  async run({ context, args: [name], options }) {
    if (name === undefined && options.from === undefined)
      throw new UsageError(
        'USAGE',
        'name a contract, or a database to copy with --from',
        'see `vitra dev --help`',
      )
    if (name === '-')
      throw new UsageError('USAGE', 'a contract from standard input cannot change', 'name a file')
    const { dir } = context.options
    const telling = { out: context.out }
    const bench = await Workbench.make({
      keepIn: dir === undefined ? null : path.resolve(context.io.cwd, dir),
      resets: options.reset ?? false,
      onLog: ({ level, text }) =>
        telling.out.event(
          { event: 'log', level, text },
          telling.out.style.dim(`contract ${level}: ${tame(text)}`),
        ),
    })
    for (const folder of dir === undefined ? [] : bench.left)
      context.out.warn(
        `a \`vitra dev\` that was killed has left its database in ${folder}: move the newest one there to a place of its own, or remove the folder`,
      )
    try {
      const contract = name === undefined ? null : await readContract(context, name, options.script)
      const original =
        options.from === undefined ? null : await openOriginal(context, options.from, bench.folder)
      if (contract === null) await bench.begin(null, original)
      else {
        await contract.using((chosen) => bench.begin(chosen, original))
        rememberPlaces(bench.db, contract.placeOf)
      }
      const ended = await new Development({
        context,
        bench,
        telling,
        name,
        contract,
        isScript: options.script ?? false,
      }).run()
      return context.signal.aborted ? EXIT.ok : ended
    } finally {
      await bench.close()
      if (dir !== undefined) context.out.note(`The database is kept in ${dir}.`)
    }
  },
})

interface Parts {
  readonly context: Context
  readonly bench: Workbench
  /** Where things are told: at a terminal between the lines that are typed. */
  readonly telling: { out: Output }
  /** File of the contract. */
  readonly name: string | undefined
  readonly isScript: boolean
  readonly contract: ContractFile | null
}

/** One run of the command, from the first database to the last. */
class Development {
  readonly #parts: Parts
  readonly #lane = new Lane()
  #source: string
  #turns: Promise<unknown> = Promise.resolve()
  #isAsked = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#source = parts.contract?.source ?? ''
  }

  async run(): Promise<ExitCode> {
    const { context, name, bench } = this.#parts
    await this.#greet()
    const unwatch = name === undefined ? null : await this.#watch(path.resolve(context.io.cwd, name))
    try {
      return context.io.terminal === null ? await this.#readCommands() : await this.#converse()
    } finally {
      await unwatch?.()
      await this.#turns
      await this.#lane.end()
      if (context.signal.aborted)
        context.out.event({ event: 'stopped', version: bench.db.index.version }, 'stopped')
    }
  }

  async #greet(): Promise<void> {
    const { context, bench, contract } = this.#parts
    const { out } = context
    const warnings = await bench.db.warnings()
    const script = await bench.db.script()
    const names = (script?.functions ?? (await bench.db.methods())).map(({ name }) => name)
    const key = bench.db.pubkey.toString('hex')
    const participant = bench.db.localOplog!.publicKey.toString('hex')
    out.event(
      { event: 'dev', key, participant, methods: names, warnings },
      `a database for trying things; methods: ${tameLine(names.join(', '))}`,
    )
    for (const text of (await contract?.warningTexts(warnings)) ?? []) out.warn(text)
  }

  async #watch(file: string): Promise<() => Promise<void>> {
    const { watchContract } = await import('@vitra/contract-sdk/build')
    const changed = () => {
      if (this.#isAsked) return
      this.#isAsked = true
      void this.#turn(() => this.#reload())
    }
    return watchContract(file, changed, { isScript: this.#parts.isScript })
  }

  /** One thing at a time happens to the database. */
  #turn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turns.then(work)
    this.#turns = turn.catch(() => {}) // whoever asked for the turn is told; the next one has its turn all the same
    return turn
  }

  async #reload(): Promise<void> {
    const { context, bench, telling, name, isScript } = this.#parts
    this.#isAsked = false
    if (context.signal.aborted) return
    try {
      const contract = await readContract(context, name!, isScript)
      if (contract.source === this.#source) return
      this.#source = contract.source
      const { replayed, differing } = await contract.using((chosen) => bench.change(chosen))
      rememberPlaces(bench.db, contract.placeOf)
      const { out } = telling
      const what = `the contract has changed, ${count(replayed, 'op')} replayed`
      const ends =
        differing.length === 0
          ? ''
          : `, ${differing.length} now ${differing.length === 1 ? 'ends' : 'end'} differently:`
      out.event(
        { event: 'changed', replayed, differing: differing.length },
        `${out.style.green('reloaded')}: ${what}${ends}`,
      )
      for (const op of differing) await tellDifference(out, op)
      for (const text of await contract.warningTexts(await bench.db.warnings())) out.warn(text)
    } catch (error) {
      const { out } = telling
      const { code, message } = explain(error)
      out.event(
        { event: 'refused', code, message },
        `${out.style.red('not loaded')}: ${tame(message)} (${code})\nThe contract before it runs on.`,
      )
    }
  }

  async #converse(): Promise<ExitCode> {
    const { context, bench, telling } = this.#parts
    await converse({
      context,
      db: bench.db,
      terminal: context.io.terminal!,
      options: { offline: true },
      tell: (out, db, lane) => {
        telling.out = out
        return tellOps(out, db, lane)
      },
      onReplaced: (listener) => bench.onReplaced(listener),
    })
    telling.out = context.out
    return EXIT.ok
  }

  async #readCommands(): Promise<ExitCode> {
    const { context, bench } = this.#parts
    const { out } = context
    let untell = tellOps(out, bench.db, this.#lane)
    bench.onReplaced(async (next) => {
      untell()
      await this.#lane.end()
      untell = tellOps(out, next, this.#lane)
    })
    try {
      return await readCommands(
        context,
        () => bench.db,
        (work) =>
          this.#turn(async () => {
            await work()
            await this.#lane.end()
          }),
      )
    } finally {
      await this.#turns
      untell()
    }
  }
}
