// `npm run test:consumer`: builds, then tries the packages on every Node line that Vitra supports, or on those that
// are given: `npm run test:consumer -- 22 26`. The engine is compiled where users have to compile it.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setup } from './setup.mjs'

const LINES = ['20', '22', '24', '26']

await setup()
await setup({ build: true })
const given = process.argv.slice(2)
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const { status } = spawnSync(process.execPath, [vitest, 'run', 'scripts/test/consumer.test.mjs'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, VITRA_NODES: (given.length > 0 ? given : LINES).join(','), VITRA_COMPILE: '1' },
  stdio: 'inherit',
})
process.exitCode = status ?? 1
