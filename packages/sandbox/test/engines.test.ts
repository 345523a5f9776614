// Other engines than the host's (spec/6-determinism §4). VITRA_ENGINES names those of this machine, as JSON like
// `{"v8-12.4": {"node": "/opt/node-22/bin/node", "isolatedVm": "/opt/engine-22/node_modules/isolated-vm"}}`;
// `node scripts/engines.mjs 22 24 26` installs some and prints it.
import { describe, expect, it } from 'vitest'
import { ENGINES, type EngineBinaries, engineName, Sandbox } from '../src/index.js'
import { COUNTER, call, caller, evaluate, MemorySource, RULES } from './helpers.js'

const HERE = engineName(process.versions.v8)
const installed: EngineBinaries = JSON.parse(process.env.VITRA_ENGINES ?? '{}')
const others = Object.keys(installed).filter((name) => name !== HERE)

describe('another engine', () => {
  it.skipIf(others.length > 0)('is skipped here: VITRA_ENGINES names none', () => {
    expect(others).toEqual([])
  })

  it.each(others)('%s runs contracts', async (engine) => {
    await using sandbox = await Sandbox.open({ engine, engines: installed })
    expect(sandbox.engine).toBe(engine)
    expect(ENGINES).toContain(engine)
    const contract = await sandbox.load(COUNTER, RULES)
    const source = new MemorySource({ '/counter': 5 })
    expect((await call(contract, 'get', {}, caller(source))).response).toBe(5)
    expect(await evaluate(sandbox, 'return [1, 2].map((n) => n * 2)')).toEqual([2, 4])
  })

  it.each(others)('%s is confined like the own one', async (engine) => {
    await using own = await Sandbox.open()
    await using sandbox = await Sandbox.open({ engine, engines: installed })
    expect(sandbox.confinement).toEqual(own.confinement)
  })

  it('that nobody named is missing, and the error says which there are', async () => {
    const engine = ENGINES.find((name) => name !== HERE)!
    await expect(Sandbox.open({ engine })).rejects.toMatchObject({
      code: 'ENGINE_MISSING',
      message: expect.stringContaining(`${engine} is not installed here; there is ${HERE}`),
      details: { engine },
    })
  })

  it('whose Node does not run is missing', async () => {
    const engines = { 'v8-12.4': { node: '/nowhere/node' } }
    await expect(Sandbox.open({ engine: 'v8-12.4', engines })).rejects.toMatchObject({
      code: 'ENGINE_MISSING',
      message: expect.stringContaining('does not run'),
      cause: { code: 'ENOENT' },
    })
  })

  it('whose Node has another V8 is missing', async () => {
    const engine = ENGINES.find((name) => name !== HERE)!
    const engines = { [engine]: { node: process.execPath } }
    await expect(Sandbox.open({ engine, engines })).rejects.toMatchObject({
      code: 'ENGINE_MISSING',
      message: expect.stringContaining(`which is ${HERE}`),
    })
  })

  it('without its isolated-vm is missing', async () => {
    const engines = { [HERE]: { node: process.execPath, isolatedVm: '/nowhere/isolated-vm' } }
    await expect(Sandbox.open({ engine: HERE, engines })).rejects.toMatchObject({
      code: 'ENGINE_MISSING',
      message: expect.stringContaining('no isolated-vm at /nowhere'),
    })
  })

  it('with an isolated-vm that does not load is missing', async () => {
    const engines = { [HERE]: { node: process.execPath, isolatedVm: import.meta.dirname } }
    const opened = Sandbox.open({ engine: HERE, engines })
    await expect(opened).rejects.toMatchObject({ code: 'ENGINE_MISSING' })
  })
})
