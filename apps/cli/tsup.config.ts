// Builds the executable: one file that holds the commands and commander; `vitra` stays outside, with its native parts.
import { defineConfig } from 'tsup'
import { library } from '../../tsup.base.js'

export default defineConfig({
  ...library({ vitra: 'src/vitra.ts' }),
  dts: false,
  sourcemap: false,
  noExternal: ['@vitra/cli', 'commander'],
  // commander is CommonJS: what it requires of Node needs a `require`.
  banner: {
    js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)",
  },
})
