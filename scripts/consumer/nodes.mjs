// The programs of other Node lines, as npm packages bring them; kept under tmp/nodes.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { npm } from '../npm.mjs'

const CACHE = fileURLToPath(new URL('../../tmp/nodes', import.meta.url))
const CURRENT = process.versions.node.split('.')[0]

/** Major versions that VITRA_NODES names, as in `20,22`; the one that runs this without it. */
export const NODES = process.env.VITRA_NODES?.split(',') ?? [CURRENT]

/** The program of a Node line, installed where it is missing. */
export function nodeProgram(major) {
  if (major === CURRENT) return process.execPath
  const name = `node-${process.platform}-${process.arch}`
  const folder = path.join(CACHE, major)
  const file = path.join(
    folder,
    'node_modules',
    name,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  )
  if (existsSync(file)) return file
  mkdirSync(folder, { recursive: true })
  const args = [npm(), 'install', '--prefix', folder, '--no-save', '--ignore-scripts', `${name}@${major}`]
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  if (status !== 0 || !existsSync(file)) throw new Error(`npm installs no Node ${major}\n${stderr}`)
  return file
}
