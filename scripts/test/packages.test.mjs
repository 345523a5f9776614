// What is published says nothing of the repository, and the checks of the tarballs see what is wrong with one.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { npm } from '../npm.mjs'
import { published, publishedManifest, publishedReadme } from '../pack.mjs'
import { packageProblems } from '../packages.mjs'

const CHECK_MS_MAX = 5 * 60_000
/** Of these one has to install exactly what was tested. */
const PINNED = ['hypercore', 'corestore', 'hyperbee', 'hyperswarm', 'hyperdht', 'acorn', 'isolated-vm']
const packages = published()
const names = packages.map(({ manifest }) => manifest.name)

describe('what is published', () => {
  it('comes after what it depends on', () => {
    for (const [at, { manifest }] of packages.entries()) {
      const wanted = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })
      for (const name of wanted.filter((name) => names.includes(name)))
        expect(names.indexOf(name)).toBeLessThan(at)
    }
    expect(names).toContain('@vitra/engine-node20')
    expect(names).toContain('vitra')
    expect(names).not.toContain('@vitra/testkit')
  })

  it.each(packages)('$manifest.name leaves out what is for the repository', ({ manifest }) => {
    const text = JSON.stringify(publishedManifest(manifest))
    expect(text).not.toMatch(/@vitra\/source|devDependencies|\.\/src\/|file:|testkit/)
    expect(JSON.parse(text)).toMatchObject({
      description: expect.any(String),
      keywords: expect.arrayContaining(['vitra']),
      license: 'MIT',
      publishConfig: { access: 'public' },
      engines: { node: expect.any(String) },
    })
  })

  it.each(packages)('$manifest.name pins what has to be exact', ({ manifest }) => {
    const ranges = Object.entries({ ...manifest.dependencies, ...manifest.optionalDependencies })
    for (const [name, range] of ranges) {
      const isExact = /^\d+\.\d+\.\d+$/.test(range)
      if (PINNED.includes(name) || name.startsWith('@vitra/engine-'))
        expect([name, isExact]).toEqual([name, true])
    }
    expect(ranges.filter(([, range]) => /^(\*|latest|>)/.test(range))).toEqual([])
  })

  it('links to nothing outside the package', () => {
    expect(publishedReadme('See [values](../../spec/5-values.md) and [npm](https://www.npmjs.com).')).toBe(
      'See values and [npm](https://www.npmjs.com).',
    )
  })
})

describe('the checks', () => {
  it('see an entry without a file, and types that Node does not resolve', {
    timeout: CHECK_MS_MAX,
  }, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vitra-wrong-'))
    const manifest = {
      name: 'wrong',
      version: '1.0.0',
      license: 'MIT',
      type: 'module',
      exports: {
        '.': { types: './index.d.ts', default: './index.js' },
        './gone': { types: './gone.d.ts', default: './gone.js' },
      },
    }
    mkdirSync(path.join(folder, 'out'))
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest))
    writeFileSync(path.join(folder, 'index.js'), 'export const one = 1\n')
    writeFileSync(
      path.join(folder, 'index.d.ts'),
      "export { one } from './one'\nexport * from 'node:nowhere'\n",
    )
    writeFileSync(path.join(folder, 'one.d.ts'), 'export declare const one: number\n')
    spawnSync(process.execPath, [npm(), 'pack', '--pack-destination', path.join(folder, 'out')], {
      cwd: folder,
    })
    const found = await packageProblems({ manifest, tarball: path.join(folder, 'out/wrong-1.0.0.tgz') })
    rmSync(folder, { recursive: true, force: true })
    expect(found.join('\n')).toMatch(/publint: .*gone\.js/)
    expect(found.join('\n')).toMatch(/attw:.*internal resolution error/is)
  })
})
