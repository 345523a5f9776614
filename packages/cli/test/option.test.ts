import { describe, expect, it } from 'vitest'
import { HOST_OPTIONS } from '../src/commands/host.js'
import { optionWords } from '../src/option.js'
import { buildProgram } from '../src/program.js'

/** What `vitra host` reads out of words. */
function read(words: readonly string[]): unknown {
  let read: unknown
  const ignore = () => {}
  const choose = ({ options }: { options: unknown }) => (read = options)
  buildProgram({ version: '0', write: ignore, writeError: ignore, columns: 80, choose }).parse(
    ['host', ...words],
    { from: 'user' },
  )
  return read
}

describe('options written for another process', () => {
  it.each([
    {},
    { offline: true },
    { bootstrap: ['127.0.0.1:1', 'dht.example:2'], durability: 'none' },
    { opsPerSecond: 7, opsPerBatch: 1, offline: true },
  ])('are read there as they were given: %j', (given) => {
    expect(read(optionWords(HOST_OPTIONS, given))).toEqual(given)
  })

  it('are those of that command alone', () => {
    expect(optionWords(HOST_OPTIONS, { lines: 3, follow: true, dir: 'x', offline: false })).toEqual([])
  })
})
