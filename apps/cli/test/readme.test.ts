/** The walk through the command line in the repository's README, run as it stands: two people, two nodes. */
import { readFile, symlink } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { TemporaryFolder } from '@vitra/testkit'
import { expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { Live, localNetwork, type Surroundings, vitra } from './vitra.js'

const REPO = fileURLToPath(new URL('../../..', import.meta.url))
const TIMEOUT_MS = 180_000

interface Step {
  readonly person: string
  readonly line: string
  /** What the comment says that it prints, where that is a value. */
  readonly prints: string | undefined
}

async function steps(): Promise<Step[]> {
  const text = await readFile(`${REPO}/README.md`, 'utf8')
  return [...text.matchAll(/```sh (alice|bob)\n([\s\S]*?)```/g)].flatMap(([, person, block]) =>
    block!
      .trim()
      .split('\n')
      .map((line) => {
        const [command, comment] = line.split(' #')
        return { person: person!, line: command!.trim(), prints: /^ (\d+)$/.exec(comment ?? '')?.[1] }
      }),
  )
}

/** Runs the steps; what goes on until Ctrl-C is stopped before the same person's next step. */
class Walk {
  readonly #surroundings: Surroundings
  readonly #live = new Map<string, Live>()
  #words: readonly (readonly [string, string])[] = []

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  async take({ person, line, prints }: Step): Promise<void> {
    await this.#stop(person)
    const filled = this.#words.reduce((text, [blank, word]) => text.replace(blank, word), line)
    const [, command, ...args] = filled.split(/\s+/)
    if (command === 'monitor') {
      const live = new Live([command, ...args], this.#surroundings)
      this.#live.set(person, live)
      await live.until(({ event }) => event === 'validated')
      return
    }
    const ran = await vitra([command!, ...args], this.#surroundings)
    expect(ran, filled).toMatchObject({ code: 0 })
    if (prints !== undefined) expect(ran.stdout.trim()).toBe(prints)
    const key = /[0-9a-f]{64}/.exec(ran.stdout)?.[0]
    if (command === 'init') this.#words = [...this.#words, ['<database key>', key!]]
    if (command === 'join') this.#words = [...this.#words, ["<bob's key>", key!]]
  }

  async end(): Promise<void> {
    for (const person of this.#live.keys()) await this.#stop(person)
  }

  async #stop(person: string): Promise<void> {
    const live = this.#live.get(person)
    this.#live.delete(person)
    if (live !== undefined) expect(await live.stop()).toBe(0)
  }
}

it(
  'the README leads two people to a call each, a verified database and a running monitor',
  async () => {
    await using folder = await TemporaryFolder.make()
    await using network = await localNetwork()
    await symlink(`${REPO}/apps`, folder.at('apps'))
    const all = await steps()
    expect(all.map(({ line }) => line.split(' ')[1])).toEqual(
      'init call serve load join invite call call verify monitor serve serve prove check'.split(' '),
    )
    const walk = new Walk({ cwd: folder.path, env: network.env })
    for (const step of all) await walk.take(step)
    await walk.end()
    for (const name of ['alice', 'bob']) {
      await using db = await Database.load(folder.at(name))
      expect((await db.call('get')).response).toBe(12)
      await checkDatabase(db)
    }
  },
  TIMEOUT_MS,
)
