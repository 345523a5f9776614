// Guests that do not start as they should (spec/4-execution §6): a program in Node's place plays them.
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engineProgram } from '../src/engine-binary.js'
import { engineName, Sandbox } from '../src/index.js'
import { evaluate } from './helpers.js'
import { guests, IS_LINUX } from './processes.js'

const HERE = engineName(process.versions.v8)
let folder: string
let confinement: readonly string[]
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'vitra-start-'))
  chmodSync(folder, 0o755)
  await using sandbox = await Sandbox.open()
  confinement = sandbox.confinement
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Opens a sandbox whose Node says its version and then does `script`, in sh; `$NODE "$@"` is the real one. */
async function openWith(name: string, script: string): Promise<Sandbox> {
  const node = path.join(folder, name)
  const text = `#!/bin/sh\nNODE='${process.execPath}'\n[ "$1" = -p ] && exec $NODE "$@"\n${script}\n`
  writeFileSync(node, text, { mode: 0o755 })
  const { engineFile: isolatedVm } = await engineProgram()
  return Sandbox.open({ engine: HERE, engines: { [HERE]: { node, isolatedVm } } })
}

describe.runIf(IS_LINUX)('a guest', () => {
  it.each([
    ['exits at once', 'exit 1'],
    ['cannot be run', 'exec /nowhere'],
    [
      'says nothing but rubbish',
      "{ printf '\\377\\377\\377\\377'; head -c 100000 /dev/urandom; } >&3; sleep 60",
    ],
    ['floods its output', 'exec yes vitra vitra vitra >&3'],
    ['asks before it is asked', "printf '\\001\\000\\000\\000\\010\\366' >&3; sleep 60"],
  ])('that %s is no guest, and leaves nothing behind', async (name, script) => {
    await expect(openWith(name.replaceAll(' ', '-'), script)).rejects.toMatchObject({
      code: 'GUEST_NOT_STARTED',
      cause: { code: expect.stringMatching(/^GUEST_/) },
    })
    expect(guests()).toEqual([])
    await using sandbox = await Sandbox.open()
    expect(await evaluate(sandbox, 'return 1')).toBe(1)
  })

  it('that stumbles once is started again, with everything in force', async () => {
    const mark = path.join(folder, 'stumbled')
    await using sandbox = await openWith(
      'stumbles',
      `[ -e ${mark} ] || { : > ${mark}; exit 1; }\nexec $NODE "$@"`,
    )
    expect(existsSync(mark)).toBe(true)
    expect(sandbox.confinement).toEqual(confinement)
    expect(await evaluate(sandbox, 'return 1')).toBe(1)
  })

  it('that never starts under the permission model does without, and a warning says so', async () => {
    const warned = new Promise<NodeJS.ErrnoException>((resolve) => process.once('warning', resolve))
    const script = `for flag; do case $flag in *-permission) exit 9;; esac; done\nexec $NODE "$@"`
    await using sandbox = await openWith('permits', script)
    expect(sandbox.confinement).toEqual(confinement.filter((name) => name !== 'node-permissions'))
    expect(await evaluate(sandbox, 'return 1')).toBe(1)
    expect(await warned).toMatchObject({
      code: 'VITRA_CONFINEMENT',
      message: expect.stringContaining('node-permissions'),
    })
  })
})

describe.runIf(IS_LINUX)('a Node with other tables of Unicode', () => {
  it('is not the engine that its V8 is named after', async () => {
    const preload = path.join(folder, 'unicode.cjs')
    writeFileSync(
      preload,
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, unicode: '16.0' } })",
    )
    const opened = openWith('unicode', `exec $NODE --allow-fs-read=${preload} --require=${preload} "$@"`)
    await expect(opened).rejects.toMatchObject({
      code: 'ENGINE_UNKNOWN',
      message: expect.stringContaining(`${HERE} has Unicode 17.0, but this Node was built with 16.0`),
    })
  })
})
