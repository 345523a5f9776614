// Builds @vitra/log; the recipe is shared.
import { defineConfig } from 'tsup'
import { library } from '../../tsup.base.js'

export default defineConfig(
  library({
    index: 'src/index.ts',
    'formats/index': 'src/formats/index.ts',
    'proofs/index': 'src/proofs/index.ts',
    'proofs/noble': 'src/proofs/noble.ts',
    'values/index': 'src/values/index.ts',
  }),
)
