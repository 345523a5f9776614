/** What is published: one file that needs Node and the packages that it loads when they are used, and runs as a program. */
import { readFile, stat } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { describe, expect, it } from 'vitest'
import { EXECUTABLE, spawned } from './vitra.js'

describe('the executable', () => {
  it('imports nothing but Node’s modules and what package.json declares', async () => {
    const text = await readFile(EXECUTABLE, 'utf8')
    const imported = [
      ...text.matchAll(/^\s*(?:import|export)\b[^'"\n]*?from\s*['"]([^'"]+)['"]/gm),
      ...text.matchAll(/\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g),
    ].map((match) => match[1]!)
    const foreign = new Set(
      imported.filter((name) => !name.startsWith('node:') && !builtinModules.includes(name)),
    )
    const packages = [...foreign].map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)![0])
    const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
    // The SDK loads esbuild where it has to build something.
    expect(new Set([...packages, 'esbuild'])).toEqual(new Set(Object.keys(manifest.dependencies)))
    expect([...foreign].filter((name) => text.includes(`from "${name}"`))).toEqual([])
  })

  it('begins with the line that names its interpreter, may be executed, and tells its version', async () => {
    expect(await readFile(EXECUTABLE, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    expect((await stat(EXECUTABLE)).mode & 0o111).toBe(0o111)
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
    expect(await spawned(['--version'], { cwd: '/' })).toEqual({
      code: 0,
      stdout: `${version}\n`,
      stderr: '',
    })
  })
})
