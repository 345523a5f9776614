// `npm run bench`: makes the clone ready, builds, then measures with what was built. Arguments go to the bench.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setup } from './setup.mjs'

await setup()
await setup({ build: true })
const program = fileURLToPath(new URL('../apps/bench/dist/main.js', import.meta.url))
const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' })
process.exitCode = status ?? 1
