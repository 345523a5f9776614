/**
 * Edits of a source that leave every character on its line. Made from the inside out: what is put around a node goes
 * outside of everything that its children have got.
 */
import MagicString from 'magic-string'

interface Place {
  readonly start: number
  readonly end: number
}

export class Edits {
  readonly #text: MagicString
  readonly #source: string
  /** Where something opens with a parenthesis that the line before could take for a call. */
  readonly #opened = new Set<number>()

  constructor(source: string) {
    this.#source = source
    this.#text = new MagicString(source)
  }

  wrap({ start, end }: Place, before: string, after: string): void {
    this.before(start, before)
    this.after(end, after)
  }

  before(at: number, text: string): void {
    this.#text.prependRight(at, text)
    this.#opened.add(at)
  }

  after(at: number, text: string): void {
    this.#text.appendLeft(at, text)
  }

  /** Puts text at both ends of the inside of a block or class body. */
  inside({ start, end }: Place, first: string, last = ''): void {
    if (start + 1 === end - 1) this.after(start + 1, first + last)
    else {
      this.before(start + 1, first)
      this.after(end - 1, last)
    }
  }

  /** Replaces text; its line feeds stay. */
  replace(start: number, end: number, text: string): void {
    const lines = this.#source.slice(start, end).replace(/[^\n]/g, '')
    this.#text.update(start, end, text + lines)
  }

  /** Ends the statement before the one at `at`, where what was put there could be taken for its continuation. */
  separate(at: number): void {
    if (this.#opened.has(at)) this.#text.prependRight(at, ';')
  }

  /** Puts the module's own beginning and end around it. */
  finish(head: string, tail: string): MagicString {
    return this.#text.prepend(head).append(tail)
  }
}
