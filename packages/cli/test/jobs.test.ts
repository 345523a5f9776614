/** Commands whose first word says what to do: what they refuse before they look for a database. */
import { describe, expect, it } from 'vitest'
import { runCaptured } from './run.js'

describe('a command that does several things', () => {
  it.each([
    ['tx shwo 1', 'say list, show <id> or verify <id>'],
    ['tx show', 'say list, show <id> or verify <id>'],
    ['tx list 1', 'say list, show <id> or verify <id>'],
    ['oplog use', 'say list, create, use <pubkey> or delete <pubkey>'],
    ['fraud list 1', 'say list, show [number] or check [number]'],
    ['serve constructor', 'say start, stop, status or logs'],
    ['tx verify 1 --limit 0', '--limit goes with list'],
    ['oplog create --yes', '--yes goes with delete'],
    ['serve stop --offline', '--offline goes with start'],
    ['prove head /counter', 'say tx <id>, state <path>, list [path], head, consistency <version> or block'],
    ['prove tx 1 --at 3', '--at goes with state, list, consistency or block'],
    ['prove block x', 'is not a whole number'],
    ['serve start --lines 3', '--lines goes with logs'],
  ])('refuses `vitra %s`', async (line, message) => {
    const { code, stderr } = await runCaptured(line.split(' '))
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) })
    expect(stderr).toContain(`vitra ${line.split(' ')[0]} --help`)
  })
})
