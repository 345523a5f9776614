// The lockfile installs on every platform and Node version, not only where it was written.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { completed, missingEntries, platformOf } from '../lockfile.mjs'

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))

describe('package-lock.json', () => {
  it('has an entry for every optional dependency', () => {
    expect(missingEntries(packages)).toEqual([])
  })

  it('is reported when one of them is taken out, and gets it back', () => {
    const name = '@rollup/rollup-linux-x64-musl'
    const { [`node_modules/${name}`]: taken, ...rest } = packages
    expect(missingEntries(rest)).toEqual([{ parent: 'node_modules/rollup', name, version: taken.version }])
    expect(completed(rest)[`node_modules/${name}`]).toMatchObject({
      os: ['linux'],
      cpu: ['x64'],
      libc: ['musl'],
    })
  })

  it('locks one engine shim per supported Node line', () => {
    const shims = Object.keys(packages[''].optionalDependencies).filter((name) =>
      name.startsWith('@vitra/engine-'),
    )
    expect(shims).toHaveLength(3)
    for (const shim of shims) {
      const { resolved } = packages[`node_modules/${shim}`]
      // npm installs nothing below a linked folder that lies inside a workspace.
      expect(resolved).toMatch(/^engines\//)
      expect(packages[resolved].dependencies['isolated-vm']).toMatch(/^\d+\.\d+\.\d+$/)
    }
  })

  it('has the engines at the versions that the sandbox asks for', () => {
    const shims = Object.values(packages[''].optionalDependencies).map(
      (spec) => packages[spec.replace('file:', '')],
    )
    const versions = Object.fromEntries(shims.map(({ name, version }) => [name, version]))
    expect(packages['packages/sandbox'].optionalDependencies).toEqual(versions)
    for (const [name, version] of Object.entries(versions)) {
      const manifest = JSON.parse(readFileSync(`engines/${name.split('-').at(-1)}/package.json`, 'utf8'))
      expect(manifest.version).toBe(version)
    }
  })

  it('names no registry host', () => {
    const hosts = Object.values(packages).filter(({ resolved }) => /^https?:/.test(resolved ?? ''))
    expect(hosts).toEqual([])
  })

  it.each([
    ['@biomejs/cli-linux-x64-musl', { os: ['linux'], cpu: ['x64'], libc: ['musl'] }],
    ['@rollup/rollup-linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'], libc: ['glibc'] }],
    ['@rollup/rollup-android-arm-eabi', { os: ['android'], cpu: ['arm'] }],
    ['@turbo/windows-64', { os: ['win32'], cpu: ['x64'] }],
  ])('tells the platform of %s', (name, platform) => {
    expect(platformOf(name)).toEqual(platform)
  })
})
