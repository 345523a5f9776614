/** Asks before a step that cannot be undone. */
import type { Context } from './context.js'
import { CliError } from './errors.js'

/** @param word what has to be typed @throws {CliError} `NOT_CONFIRMED` */
export async function confirm({ io }: Context, what: string, word: string): Promise<void> {
  const answer = await io.ask(`${what} Type ${word} to go on: `)
  if (answer?.trim() === word) return
  throw new CliError('NOT_CONFIRMED', 'nothing was removed', {
    hint: answer === null ? 'add --yes where nobody can be asked' : `type ${word} when asked, or add --yes`,
  })
}
