import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { COMMANDS, GLOBAL_OPTIONS } from '../src/index.js'
import { readFlags } from '../src/option.js'
import { runCaptured } from './run.js'

const plain = (text: string) => text.replace(/\s+/g, ' ')

describe('help', () => {
  it('lists every command, and every file of commands is one', async () => {
    const { code, stdout } = await runCaptured([])
    expect(code).toBe(0)
    for (const { name, summary } of COMMANDS) expect(plain(stdout)).toContain(`${name} ${summary}`)
    const files = readdirSync(new URL('../src/commands', import.meta.url)).map((file) =>
      file.replace('.ts', ''),
    )
    expect(COMMANDS.map(({ name }) => name).sort()).toEqual(files.filter((name) => name !== 'index').sort())
    expect(stdout).toContain('Exit codes')
    for (const words of [['--help'], ['--dir', 'x'], ['--json', '--dir=x']])
      expect(await runCaptured(words)).toEqual({ code, stdout, stderr: '' })
    expect(await runCaptured(['--dir'])).toMatchObject({ code: 2, stdout: '' })
  })

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    'of %s lists every option it takes, and examples',
    async (name, command) => {
      const { code, stdout, stderr } = await runCaptured([name, '--help'])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      for (const { flags, says } of [...(command.options ?? []), ...GLOBAL_OPTIONS]) {
        expect(plain(stdout)).toContain(`${flags} ${says}`)
      }
      const listed = [...stdout.matchAll(/^ {2}(?:-[a-z], )?(--[a-z-]+)/gm)].map((match) => match[1])
      const taken = [...(command.options ?? []), ...GLOBAL_OPTIONS].map((option) => readFlags(option).name)
      expect(listed.sort()).toEqual([...taken, '--help'].sort())
      expect(command.examples.length).toBeGreaterThan(0)
      for (const { run, says } of command.examples) {
        expect(run).toMatch(new RegExp(`^vitra ${name}( |$)`))
        expect(stdout).toContain(run)
        expect(stdout).toContain(says)
      }
      expect((await runCaptured(['help', name])).stdout).toBe(stdout)
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
    },
  )

  it.each([
    ['get /x --version 3', 'an older version of the database is --at 3'],
    ['get /x --version=3', 'an older version of the database is --at 3'],
    ['list --version', 'an older version of the database is --at <version>'],
    ['sync --version', 'is read with --at'],
    ['--version 3', 'is read with --at'],
    ['--version=3', 'is read with --at'],
    ['--version get /x', 'is read with --at'],
  ])('%s asks for no version of the program, and is told what to write', async (words, hint) => {
    const { code, stdout, stderr } = await runCaptured(words.split(' '))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error: --version prints the version of this program.*\(USAGE\)\n/)
    expect(stderr).toContain(hint)
  })

  it('leaves --version to a method that takes it', async () => {
    const { stderr } = await runCaptured(['call', 'get', '--version', '3', '--dir', '/nowhere'])
    expect(stderr).toContain('FOLDER_NOT_FOUND')
  })

  it('prints the version', async () => {
    expect(await runCaptured(['--version'])).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' })
  })

  it('is named where the command line is wrong, with a guess at what was meant', async () => {
    const { code, stderr } = await runCaptured(['verfy'])
    expect(code).toBe(2)
    expect(stderr).toContain('verify')
    const unknown = { code: 2, stdout: '', stderr: expect.stringMatching(/^error: unknown command 'frob'/) }
    for (const words of [['frob'], ['help', 'frob']]) expect(await runCaptured(words)).toMatchObject(unknown)
    for (const words of [['--frob'], ['--frob', '--dir', 'x'], ['--dir=x', '--frob']])
      expect(await runCaptured(words)).toMatchObject({ code: 2, stderr: expect.stringContaining('--frob') })
    expect((await runCaptured(['tx'])).stderr).toContain("missing required argument 'what': list, show")
    expect((await runCaptured(['list', '--limt', '3'])).stderr).toMatch(/--limit[\s\S]*vitra list --help/)
  })
})

describe('colours', () => {
  const error = (env: Record<string, string>, isTTY: boolean) => runCaptured(['frob'], { env, isTTY })

  it('are for terminals, and NO_COLOR turns them off', async () => {
    const colour = '\u001b['
    expect((await error({}, true)).stderr).toContain(colour)
    expect((await error({}, false)).stderr).not.toContain(colour)
    expect((await error({ NO_COLOR: '1' }, true)).stderr).not.toContain(colour)
    expect((await error({ TERM: 'dumb' }, true)).stderr).not.toContain(colour)
    expect((await error({ FORCE_COLOR: '1' }, false)).stderr).toContain(colour)
  })
})
