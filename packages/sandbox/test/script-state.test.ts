// `state` held against Node's own `fs`: the same random operations, the same errors and the same tree (spec/10-scripts §3).
import * as fs from 'node:fs/promises'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Sandbox } from '../src/index.js'
import { loadScript } from './scripts.js'

const SCRIPT = `
const shown = {
  stat: (stat) => [stat.isFile(), stat.isDirectory(), stat.isFile() ? stat.size : 0],
  readdir: (items) => items.map((item) => item.name ?? item),
}
const told = (name, result) => (shown[name] ?? ((same) => same ?? null))(result)
exports.each = async (operations) => {
  const results = []
  for (const [name, ...args] of operations) {
    try {
      results.push(told(name, await state[name](...args)))
    } catch ({ code, syscall, path, dest, message }) {
      results.push({ code, syscall, path: path ?? null, dest: dest ?? null, message })
    }
  }
  return results
}
exports.tree = async () => {
  const seen = []
  const visit = async (folder) => {
    for (const item of await state.readdir(folder || '/', { withFileTypes: true })) {
      const at = folder + '/' + item.name
      seen.push([at, item.isDirectory() ? null : await state.readFile(at)])
      if (item.isDirectory()) await visit(at)
    }
  }
  await visit('')
  return seen
}
`

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open()
})
afterAll(() => sandbox.close())

const somePath = fc
  .array(fc.constantFrom('a', 'b', 'ü'), { minLength: 1, maxLength: 3 })
  .map((segments) => `/${segments.join('/')}`)
const content = fc.oneof(fc.constantFrom('', 'text', 'hällo'), fc.uint8Array({ maxLength: 3 }))

type Operation = readonly [name: string, ...args: unknown[]]

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.tuple(fc.constant('mkdir'), somePath),
  fc.tuple(fc.constant('mkdir'), somePath, fc.constant({ recursive: true })),
  fc.tuple(fc.constant('writeFile'), somePath, content),
  fc.tuple(fc.constant('writeFile'), somePath, content, fc.constant({ flag: 'wx' })),
  fc.tuple(fc.constant('appendFile'), somePath, content),
  fc.tuple(fc.constant('readFile'), somePath),
  fc.tuple(fc.constant('readdir'), somePath),
  fc.tuple(fc.constant('stat'), somePath),
  fc.tuple(fc.constant('access'), somePath),
  fc.tuple(fc.constant('unlink'), somePath),
  fc.tuple(fc.constant('rmdir'), somePath),
  fc.tuple(fc.constant('rm'), somePath),
  fc.tuple(fc.constant('rm'), somePath, fc.constant({ recursive: true })),
  fc.tuple(fc.constant('rm'), somePath, fc.constant({ recursive: true, force: true })),
  fc.tuple(fc.constant('rename'), somePath, somePath),
)

/** What Node gives or throws, as the script tells it. */
async function onDisk(root: string, [name, ...args]: Operation): Promise<unknown> {
  const given = args.map((arg) => (typeof arg === 'string' && arg.startsWith('/') ? root + arg : arg))
  const strip = (text: unknown) => (typeof text === 'string' ? text.replaceAll(root, '') : (text ?? null))
  try {
    const operations = fs as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
    const result = await operations[name]!(...given)
    if (name === 'stat') {
      const { size, isFile, isDirectory } = bound(result as fs.FileHandle & object)
      return [isFile(), isDirectory(), isFile() ? size : 0]
    }
    return name === 'readdir' ? (result as string[]).sort() : strip(result)
  } catch (error) {
    const { code, syscall, path: at, dest, message } = error as NodeJS.ErrnoException & { dest?: string }
    return { code, syscall, path: strip(at), dest: strip(dest), message: strip(message) }
  }
}

function bound(stat: object): { size: number; isFile(): boolean; isDirectory(): boolean } {
  const all = stat as { size: number; isFile(): boolean; isDirectory(): boolean }
  return { size: all.size, isFile: () => all.isFile(), isDirectory: () => all.isDirectory() }
}

/** Node does not say everywhere what it was about, and its `rm` calls others; contents are compared as bytes. */
function comparable([name]: Operation, result: unknown): unknown {
  if (name === 'readFile' && (typeof result === 'string' || result instanceof Uint8Array))
    return Buffer.from(result as string).toString('hex')
  const { code, syscall } = (result ?? {}) as { code?: string; syscall?: string }
  return code !== undefined && (name === 'rm' || syscall === 'read') ? { code } : result
}

describe('state', () => {
  it('does what node:fs does, errors included', async () => {
    const script = await loadScript(sandbox, SCRIPT)
    await script.run('init')
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
        const root = await mkdtemp(path.join(os.tmpdir(), 'vitra-fs-'))
        try {
          for (const at of script.state.entries.keys())
            if (!at.startsWith('/.')) script.state.entries.delete(at)
          const results = (await script.run('each', operations)) as unknown[]
          expect(results).toHaveLength(operations.length)
          for (const [n, one] of operations.entries()) {
            const expected = await onDisk(root, one)
            expect([one, comparable(one, results[n])]).toEqual([one, comparable(one, expected)])
          }
          for (const [at, text] of (await script.run('tree')) as [string, string | Uint8Array | null][]) {
            if (text === null) expect((await fs.stat(root + at)).isDirectory()).toBe(true)
            else expect(await fs.readFile(root + at)).toEqual(Buffer.from(text as string))
          }
        } finally {
          await rm(root, { recursive: true })
        }
      }),
      { numRuns: 400 },
    )
  })
})
