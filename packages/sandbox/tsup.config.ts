// Builds @vitra/sandbox, and beside it the two programs that it carries: guest process and driver.
import { writeFile } from 'node:fs/promises'
import { defineConfig } from 'tsup'
import { library } from '../../tsup.base.js'
import { bundlePrograms } from './bundle/recipe.js'

export default defineConfig({
  ...library({ index: 'src/index.ts', engines: 'src/engine-table.ts' }),
  async onSuccess() {
    const { guest, driver } = await bundlePrograms()
    await writeFile('dist/guest.cjs', guest)
    await writeFile('dist/driver.js', driver)
  },
})
