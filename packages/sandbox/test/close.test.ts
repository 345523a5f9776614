import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

const PROGRAM = `
import { Sandbox } from '@vitra/sandbox'
const sandbox = await Sandbox.open()
await sandbox.close()
console.log('closed')
`

it('a program that awaits close as its last act ends well, with the built package', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  })
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'closed\n', stderr: '' })
})
