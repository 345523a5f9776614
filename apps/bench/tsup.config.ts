// Builds the bench, and what it runs in processes of their own; nobody imports it, so it has no types.
import { defineConfig } from 'tsup'
import { library } from '../../tsup.base.js'

// bundle/plain.ts bundles the sandbox while the bench runs.
export default defineConfig({
  ...library({ main: 'src/main.ts', child: 'src/child.ts' }),
  dts: false,
  external: ['esbuild'],
})
