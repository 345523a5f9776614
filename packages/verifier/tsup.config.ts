// Builds @vitra/verifier; the recipe is shared.
import { defineConfig } from 'tsup'
import { library } from '../../tsup.base.js'

export default defineConfig(
  library({
    index: 'src/index.ts',
    'replay/index': 'src/replay/index.ts',
    'replay/worker-main': 'src/replay/worker-main.ts',
  }),
)
