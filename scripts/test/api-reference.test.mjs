// The API reference can be built: everything public is described and every type in a public signature is exported.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const TIMEOUT_MS = 300_000
const FOLDER = `tmp/api-reference-${process.pid}`

function typedoc(config) {
  const args = ['--options', config, '--emit', 'none', '--pretty', 'false']
  const { status, stdout, stderr } = spawnSync('node_modules/.bin/typedoc', args, { encoding: 'utf8' })
  return { status, output: `${stdout}${stderr}` }
}

it(
  'is whole',
  () => {
    expect(typedoc('typedoc.config.mjs')).toMatchObject({
      status: 0,
      output: expect.not.stringContaining('warning'),
    })
  },
  TIMEOUT_MS,
)

it(
  'is refused where something public says nothing, or needs a type that nobody exports',
  () => {
    mkdirSync(FOLDER, { recursive: true })
    try {
      const write = (name, text) => writeFileSync(`${FOLDER}/${name}`, text)
      write('public.ts', 'interface Hidden { a: 1 }\nexport function silent(): Hidden { return { a: 1 } }\n')
      write('tsconfig.json', '{"extends":"../../tsconfig.base.json","files":["public.ts"]}')
      const own = `entryPoints: ['public.ts'], tsconfig: 'tsconfig.json', packagesRequiringDocumentation: ['vitra-monorepo']`
      write(
        'config.mjs',
        `import base from '../../typedoc.config.mjs'\nexport default { ...base, intentionallyNotDocumented: [], ${own} }\n`,
      )
      const { status, output } = typedoc(`${FOLDER}/config.mjs`)
      expect(output).toContain('silent (CallSignature)')
      expect(output).toContain('Hidden')
      expect(status).not.toBe(0)
    } finally {
      rmSync(FOLDER, { recursive: true, force: true })
    }
  },
  TIMEOUT_MS,
)
