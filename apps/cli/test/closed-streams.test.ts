/** A command whose output nobody takes ends as it would have ended. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { withDatabase } from './database.js'
import { EXECUTABLE, type Surroundings, surroundingsOf } from './vitra.js'

/** Runs a command line of the shell, where `vitra` is the program; `end` tells the exit code. */
function shell(line: string, at: Surroundings) {
  const program = `vitra () { '${process.execPath}' '${EXECUTABLE}' "$@"; }`
  const { output } = spawnSync('sh', ['-c', `${program}\n${line}\necho $? >&3`], {
    ...surroundingsOf(at),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const [, stdout = '', stderr = '', end = ''] = output
  return { stdout, stderr, end: Number(end) }
}

describe('a stream that is closed', () => {
  it('changes no exit code, whichever it is and however it is closed', async () => {
    await using made = await withDatabase()
    const { at } = made
    for (const closed of ['2>&-', '>&-', '>&- 2>&-', '</dev/null 1<&0', '1</dev/null 2</dev/null'])
      expect(shell(`vitra call increment ${closed}`, at), closed).toMatchObject({ end: 0 })
    expect(shell('vitra get /nothing 1</dev/null', at)).toMatchObject({ end: 1 })
    expect(shell('vitra call get', at).stdout).toBe('5\n')
  })

  it('is not the same as one that loses what is printed', async () => {
    await using made = await withDatabase()
    const lost = shell('vitra call get > /dev/full', made.at)
    expect(lost).toMatchObject({ end: 1, stderr: expect.stringContaining('FILE_UNWRITABLE') })
    expect(shell('vitra call get 2> /dev/full', made.at)).toMatchObject({ end: 0, stdout: '0\n' })
  })
})
