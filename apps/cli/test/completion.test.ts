/** What a shell completes, asked of the program and of the shells themselves. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { TemporaryFolder } from '@vitra/testkit'
import { describe, expect, it } from 'vitest'
import { check, withDatabase } from './database.js'
import { Terminal } from './terminal.js'
import { EXECUTABLE, json, Live, surroundingsOf, vitra } from './vitra.js'

/** Takes the line away that is typed. */
const CTRL_U = '\u0015'

/** Not everybody has each shell, and a test of one that is not there is skipped; `.ci/run` installs them all. */
const isMissing = (shell: string) => spawnSync(shell, ['--version']).error !== undefined

describe('completion', () => {
  const words = async (line: string[], at: { cwd: string }) => {
    const { stdout } = await vitra(['completion', 'words', '--', ...line], at)
    return stdout.split('\n').slice(0, -1)
  }

  it('knows commands, options, arguments, methods and paths', async () => {
    await using made = await withDatabase()
    for (const path of ['/users/bob', '/users/bill', '/users', '/rm -rf'])
      await json(['call', 'put', '--path', path, '--value', 'x'], made.at)
    expect(await words(['ve'], made.at)).toEqual(['verify', 'version'])
    expect(await words(['verify', '--sa'], made.at)).toEqual(['--sample'])
    expect(await words(['serve', 'st'], made.at)).toEqual(['start', 'status', 'stop'])
    expect(await words(['--quiet', 'call', 'inc'], made.at)).toEqual(['increment'])
    expect(await words(['call', 'put', '--value', 'x', '--p'], made.at)).toEqual(['--params', '--path'])
    expect(await words(['get', '/u'], made.at)).toEqual(['/users', '/users/'])
    expect(await words(['get', '/users/b'], made.at)).toEqual(['/users/bill', '/users/bob'])
    // What a shell would read as more than a word, files, and values of options are left to the shell.
    expect(await words(['get', '/r'], made.at)).toEqual([])
    expect(await words(['init', ''], made.at)).toEqual([])
    expect(await words(['call', 'put', '--dir', ''], made.at)).toEqual([])
    await using host = new Live(['host', '--offline'], made.at)
    await host.until(({ event }) => event === 'hosting')
    expect(await words(['call', 'inc'], made.at)).toEqual(['increment'])
  })

  const SHELLS: Readonly<Record<string, (line: string) => string>> = {
    bash: (line) =>
      `eval "$(vitra completion bash)"; COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _vitra; printf '%s\\n' "\${COMPREPLY[@]}"`,
    fish: (line) => `vitra completion fish | source; complete --do-complete '${line}'`,
  }

  for (const shell of Object.keys(SHELLS)) {
    it.skipIf(isMissing(shell))(`works in ${shell}`, async () => {
      await using made = await withDatabase()
      const offered = (line: string) => {
        const said = execFileSync(shell, ['-c', SHELLS[shell]!(line)], shellSurroundings(made.folder))
        return said.trim().split('\n')
      }
      expect(offered('vitra call inc')).toEqual(['increment'])
      expect(offered('vitra monitor sta')).toEqual(['start', 'status'])
      expect(offered('vitra call put --val')).toEqual(['--value'])
      // In bash the shell itself does files.
      if (shell !== 'bash') expect(offered('vitra init contr')).toEqual(['contract.js'])
    })
  }

  it.skipIf(isMissing('zsh'))('works in zsh, as it is typed', async () => {
    await using made = await withDatabase()
    const { cwd, env } = shellSurroundings(made.folder)
    await using zsh = new Terminal(['-f'], { cwd, env }, 80, 'zsh')
    zsh.enter(
      "PROMPT='ready> '; autoload -Uz compinit; compinit -D -u; eval \"$(vitra completion zsh)\"; echo loa''ded",
    )
    await zsh.see('loaded')
    await zsh.see('ready> ')
    zsh.type('vitra call inc\t')
    await zsh.see('vitra call increment')
    zsh.type('--am\t')
    await zsh.see('--amount')
    zsh.enter('2')
    await zsh.see('put /counter 2')
    await zsh.see('ready> ')
    zsh.type('vitra get /cou\t')
    await zsh.see('/counter')
    zsh.enter('')
    await zsh.see(/\n2\n/)
    await zsh.see('ready> ')
    zsh.type('vitra monitor st\t')
    await zsh.see('status')
    zsh.type(`${CTRL_U}vitra init contr\t`)
    await zsh.see('contract.js')
    zsh.type(CTRL_U)
    zsh.enter('exit')
    expect(await zsh.ended()).toEqual(expect.any(Number))
    await check(made.folder.at('.vitra'))
  })
})

/** A folder in which a shell finds the built executable as `vitra`. */
function shellSurroundings(folder: TemporaryFolder) {
  mkdirSync(folder.at('bin'), { recursive: true })
  writeFileSync(folder.at('bin/vitra'), `#!/bin/sh\nexec "${process.execPath}" "${EXECUTABLE}" "$@"\n`, {
    mode: 0o755,
  })
  const { env } = surroundingsOf({ cwd: folder.path, env: { HOME: folder.path } })
  const PATH = `${folder.at('bin')}:${process.env.PATH}`
  return { cwd: folder.path, env: { ...env, PATH }, encoding: 'utf8' as const }
}
