// Where npm's program is, so that any version of Node can run it.
import { realpathSync } from 'node:fs'
import path from 'node:path'

/** File of npm's command line. */
export function npm() {
  const given = process.env.npm_execpath
  if (given && path.basename(given) === 'npm-cli.js') return given
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const place of ['npm', 'node_modules/npm/bin/npm-cli.js']) {
      try {
        const file = realpathSync(path.join(folder, place))
        if (path.basename(file) === 'npm-cli.js') return file
      } catch {
        // Not in this folder.
      }
    }
  }
  throw new Error('npm is not on the PATH')
}
