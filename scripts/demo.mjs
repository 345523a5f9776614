// `npm run demo`: makes the clone ready, then runs the demonstration with what was built.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setup } from './setup.mjs'

console.log('Making ready: on a fresh clone this installs and builds, two to three minutes on 2 cores.')
await setup()
await setup({ build: true })
const { status } = spawnSync(process.execPath, [fileURLToPath(new URL('demo-main.mjs', import.meta.url))], {
  stdio: 'inherit',
})
process.exitCode = status ?? 1
