/** Commands whose first word says what to do, as in `vitra tx list`: the jobs of one, what each takes, and finding one. */
import { UsageError } from './errors.js'
import { type OptionDefinition, optionWords } from './option.js'

/** One job of a command. */
export interface JobDefinition<Run> {
  /** The argument behind the job's word, as commander writes one: `<id>` has to be there, `[number]` may; none by default. */
  readonly takes?: string
  /** Options that go with this job; those of all jobs are the command's. */
  readonly options?: readonly OptionDefinition[]
  readonly run: Run
}

/**
 * The jobs of a command, by their words.
 *
 * @example const JOBS = new Jobs('tx', { list: { run: list }, show: { takes: '<id>', run: show } })
 */
export class Jobs<Run> {
  /** What the command's first argument is completed with. */
  readonly words: readonly string[]
  readonly #command: string
  readonly #jobs: ReadonlyMap<string, JobDefinition<Run>>
  /** With the words that each goes with. */
  readonly #options = new Map<OptionDefinition, string[]>()

  constructor(command: string, jobs: Readonly<Record<string, JobDefinition<Run>>>) {
    this.#command = command
    this.#jobs = new Map(Object.entries(jobs))
    this.words = Object.keys(jobs)
    for (const [word, { options = [] }] of this.#jobs)
      for (const option of options) this.#options.set(option, [...(this.#options.get(option) ?? []), word])
  }

  /** What help says of the first argument. @example 'list, show or verify' */
  get says(): string {
    return anyOf(this.words)
  }

  /** The options of all jobs; each says with what words it goes. */
  get options(): readonly OptionDefinition[] {
    return [...this.#options].map(([option, words]) => ({
      ...option,
      says: `${option.says}; with ${anyOf(words)}`,
    }))
  }

  /**
   * The job that a command line names.
   *
   * @param argument what stands behind its word
   * @param given the options of the command line
   * @throws {UsageError} for a word that is no job, and for an argument or an option that the job does not take
   */
  find(word: string | undefined, argument: string | undefined, given: object): Run {
    const job = this.#jobs.get(word ?? '')
    if (job === undefined || !takesThat(job, argument)) {
      const forms = [...this.#jobs].map(([name, { takes = '' }]) => `${name} ${takes}`.trim())
      throw this.#wrong(`say ${anyOf(forms)}`)
    }
    for (const [option, words] of this.#options) {
      const [name] = optionWords([option], given)
      if (name !== undefined && !words.includes(word!)) throw this.#wrong(`${name} goes with ${anyOf(words)}`)
    }
    return job.run
  }

  #wrong(message: string): UsageError {
    return new UsageError('USAGE', message, `see \`vitra ${this.#command} --help\``)
  }
}

function takesThat({ takes }: JobDefinition<unknown>, argument: string | undefined): boolean {
  return argument === undefined ? !takes?.startsWith('<') : takes !== undefined
}

/** @example anyOf(['a', 'b', 'c']) is 'a, b or c' */
function anyOf(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), words.at(-1)].filter(Boolean).join(' or ')
}
