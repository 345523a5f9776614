// Builds @vitra/contract-sdk; the recipe is shared.
import { defineConfig } from 'tsup'
import { library } from '../../tsup.base.js'

export default defineConfig(
  library({
    index: 'src/index.ts',
    'modules/index': 'src/modules/index.ts',
    'modules/assert': 'src/modules/assert.ts',
    'build/index': 'src/build/index.ts',
    'script/index': 'src/script/index.ts',
  }),
)
