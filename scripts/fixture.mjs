// `npm run fixture -- <name>`: writes packages/testkit/fixtures/<name>, a database and proofs as this version makes them.
// One is added when a format gets a new version; none is ever made anew, since it stands for the version that made it.
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { setup } from './setup.mjs'

const REPO = fileURLToPath(new URL('..', import.meta.url))
const TESTKIT = path.join(REPO, 'packages/testkit')

await setup()
await setup({ build: true })
const [name, ...others] = process.argv.slice(2)
if (name === undefined || others.length > 0 || !/^[a-z0-9-]+$/.test(name))
  fail('usage: npm run fixture -- <name>')
const into = path.join(TESTKIT, 'fixtures', name)
if (existsSync(into))
  fail(`${path.relative(REPO, into)} is there already: fixtures are never changed, choose another name`)

const file = path.join(REPO, 'node_modules/.cache', `vitra-fixture-${process.pid}.mjs`)
mkdirSync(path.dirname(file), { recursive: true })
try {
  await build({
    entryPoints: [path.join(TESTKIT, 'test/make-store-fixture.ts')],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  })
  const { makeStoreFixture } = await import(pathToFileURL(file).href)
  await makeStoreFixture(into)
  console.log(`wrote ${path.relative(REPO, into)}`)
} finally {
  rmSync(file, { force: true })
}

function fail(message) {
  console.error(message)
  process.exit(2)
}
