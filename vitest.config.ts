// Tests run from source: one project per package and app, one for the repository's own scripts.
// `--mode soak` runs the long tests (`*.soak.ts`) instead of the ordinary ones.
import { existsSync, readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import TestOrder from './scripts/test-order.mjs'

const SOURCE = '@vitra/source'
/** Generous: on a busy machine a command of the CLI takes seconds. */
const TEST_TIMEOUT_MS = 120_000
const SOAK_TIMEOUT_MS = 30 * 60_000

/** One more than processors of a small machine: many tests wait for a disk, a time-out or another process. */
const WORKERS = 3

/** Their tests leave nothing behind in a process: files share one, with the modules that it has loaded. */
const SHARING = [
  'packages/log',
  'packages/cli',
  'packages/contract-sdk',
  'packages/sandbox',
  'packages/vitra',
  'packages/testkit',
  'apps/cli',
  'apps/examples',
]

const folders = ['packages', 'apps'].flatMap((parent) =>
  readdirSync(parent)
    .map((name) => `${parent}/${name}`)
    .filter((folder) => existsSync(`${folder}/package.json`)),
)

export default defineConfig(({ mode }) => {
  const soak = mode === 'soak'
  const project = (folder: string) => ({
    extends: true as const,
    test: {
      name: folder,
      isolate: soak || !SHARING.includes(folder),
      include: [`${folder}/test/**/*.${soak ? 'soak' : 'test'}.{ts,mjs}`],
      testTimeout: soak ? SOAK_TIMEOUT_MS : TEST_TIMEOUT_MS,
      hookTimeout: TEST_TIMEOUT_MS,
    },
  })
  return {
    resolve: { conditions: [SOURCE, 'module', 'node', 'development|production'] },
    ssr: {
      resolve: {
        conditions: [SOURCE, 'module', 'node', 'development|production'],
        externalConditions: [SOURCE, 'node'],
      },
    },
    test: {
      globalSetup: ['packages/sandbox/bundle/global-setup.ts'],
      projects: [...folders, 'scripts'].map(project),
      pool: 'forks',
      maxWorkers: WORKERS,
      sequence: { sequencer: TestOrder },
      expect: { requireAssertions: true },
      cache: false,
      passWithNoTests: soak,
      reporters: ['default', './scripts/count-reporter.mjs'],
    },
  }
})
