import { writeFile } from 'node:fs/promises'
import { Random, TemporaryFolder, testSeed } from '@vitra/testkit'
import { expect, it } from 'vitest'
import { linesBackwards } from '../src/lines-backwards.js'

async function read(file: string): Promise<string[]> {
  const lines: string[] = []
  for await (const line of linesBackwards(file)) lines.push(line)
  return lines
}

it('gives the lines of a file as splitting it does, from its end', async () => {
  await using folder = await TemporaryFolder.make()
  const random = new Random(testSeed())
  const sizes = [0, 1, 63, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 200_000]
  const texts = ['', '\n', '\n\n', 'a', 'a\n', '\na', ...sizes.map((size) => `${'x'.repeat(size)}\ny\n`)]
  for (let n = 0; n < 30; n++) {
    const lines = Array.from({ length: random.below(40) }, () =>
      'ü€'.repeat(random.below(random.pick([9, 9000]))),
    )
    texts.push(lines.join('\n'))
  }
  for (const text of texts) {
    await writeFile(folder.at('file'), text)
    const wanted = text === '' ? [''] : text.split('\n').reverse()
    expect(await read(folder.at('file')), `VITRA_SEED=${random.seed}`).toEqual(wanted)
  }
  expect(await read(folder.at('none'))).toEqual([])
})
