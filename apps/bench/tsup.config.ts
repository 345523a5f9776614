// Builds the bench into one program; nobody imports it, so it has no types.
import { defineConfig } from 'tsup'
import { library } from '../../tsup.base.js'

// bundle/plain.ts bundles the sandbox while the bench runs.
export default defineConfig({ ...library({ main: 'src/main.ts' }), dts: false, external: ['esbuild'] })
