import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import createTestnet from 'hyperdht/testnet.js'
import { describe, expect, it } from 'vitest'

const REPO = fileURLToPath(new URL('../../..', import.meta.url))

/** The code blocks of the README that name a file. */
async function readmePrograms(): Promise<Map<string, string>> {
  const text = await readFile(path.join(REPO, 'README.md'), 'utf8')
  return new Map([...text.matchAll(/```js (\S+\.js)\n([\s\S]*?)```/g)].map((match) => [match[1]!, match[2]!]))
}

function run(
  cwd: string,
  file: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file], { cwd, env: { ...process.env, ...env } })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
    child.on('close', (code) => resolve({ code, output }))
  })
}

describe('the README', () => {
  it('has a quickstart that runs as it stands and prints what it says', async () => {
    const built = path.join(REPO, 'packages/vitra/dist/index.js')
    expect(existsSync(built), 'build first: npm run build').toBe(true)
    // Inside the repository, so that `vitra` resolves to the built package as it would when installed.
    const folder = path.join(REPO, 'tmp', `quickstart-${process.pid}`)
    await mkdir(folder, { recursive: true })
    const testnet = await createTestnet(3)
    try {
      await writeFile(path.join(folder, 'package.json'), '{"type":"module"}')
      for (const [name, text] of await readmePrograms()) await writeFile(path.join(folder, name), text)
      const [node] = testnet.bootstrap
      const { code, output } = await run(folder, 'quickstart.js', {
        VITRA_BOOTSTRAP: `${node!.host}:${node!.port}`,
      })
      const lines = output.trim().split('\n')
      expect(lines[0]).toMatch(/^New database created, public key: [0-9a-f]{64}$/)
      expect(lines[1]).toBe('0')
      expect(lines[2]).toBe('4')
      expect(output).toContain('The monitor has found a violation')
      expect(output).toContain('ContractFraudProof: The executor has violated the contract')
      expect(code).toBe(0)
    } finally {
      await testnet.destroy()
      await rm(folder, { recursive: true, force: true })
    }
  }, 60_000)
})
