// `npm run pack`: makes the tarballs that are published, one for each package without `private`, from what was
// built. A published manifest differs from the one in the repository: nothing in it is for the repository alone, and
// nothing in it names a file that is not in the tarball. Default folder: tmp/packed.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { npm } from './npm.mjs'

const REPO = fileURLToPath(new URL('..', import.meta.url))
const PARENTS = ['engines', 'packages', 'apps']
/** Condition under which the repository itself runs from source. */
const SOURCE = '@vitra/source'
/** Fields that mean nothing outside the repository. */
const REPO_ONLY = ['devDependencies', 'scripts', 'imports']

/** Every package that is published, each after the ones it depends on: `{ folder, manifest }`. */
export function published() {
  const found = PARENTS.flatMap((parent) =>
    readdirSync(path.join(REPO, parent)).map((name) => `${parent}/${name}`),
  )
    .filter((folder) => existsSync(path.join(REPO, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readJson(path.join(REPO, folder, 'package.json')) }))
    .filter(({ manifest }) => !manifest.private)
  const byName = new Map(found.map((item) => [item.manifest.name, item]))
  const sorted = new Set()
  const visit = (item) => {
    const { dependencies = {}, optionalDependencies = {} } = item.manifest
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies }))
      if (byName.has(name)) visit(byName.get(name))
    sorted.add(item)
  }
  for (const item of found) visit(item)
  return [...sorted]
}

/** The manifest as published. */
export function publishedManifest(manifest) {
  const kept = Object.fromEntries(Object.entries(manifest).filter(([field]) => !REPO_ONLY.includes(field)))
  const { exports, sideEffects } = kept
  if (exports)
    kept.exports = Object.fromEntries(
      Object.entries(exports).map(([at, target]) => [at, withoutSource(target)]),
    )
  if (Array.isArray(sideEffects)) kept.sideEffects = sideEffects.filter((file) => !file.startsWith('./src/'))
  if (kept.sideEffects?.length === 0) kept.sideEffects = false
  return kept
}

function withoutSource(target) {
  if (typeof target === 'string') return target
  const { [SOURCE]: _, ...others } = target
  return others
}

/** A README as published: links to files outside the package become plain text. */
export function publishedReadme(text) {
  return text.replace(/\[([^\]]+)\]\(\.\.\/[^)]*\)/g, '$1')
}

/** Packs everything into `out`; returns the tarballs in the order of publishing. */
export function packAll(out) {
  const stage = mkdtempSync(path.join(tmpdir(), 'vitra-pack-'))
  try {
    const items = published()
    for (const { folder, manifest } of items)
      copyPublished(path.join(REPO, folder), path.join(stage, folder), manifest)
    // Two names that differ only by their scope give tarballs of one name: each scope has a folder.
    const tarballs = new Map()
    for (const scope of new Set(items.map(scopeOf))) {
      const group = items.filter((item) => scopeOf(item) === scope)
      const to = path.join(out, scope)
      const packed = npmPack(
        group.map(({ folder }) => path.join(stage, folder)),
        to,
      )
      for (const { name, filename } of packed) tarballs.set(name, path.join(to, filename))
    }
    return items.map((item) => ({ ...item, tarball: tarballs.get(item.manifest.name) }))
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

function scopeOf({ manifest }) {
  return manifest.name.startsWith('@') ? manifest.name.split('/')[0] : ''
}

/** Lays out what goes into one tarball. */
function copyPublished(from, to, manifest) {
  mkdirSync(to, { recursive: true })
  for (const name of manifest.files) {
    if (!existsSync(path.join(from, name)))
      throw new Error(
        `${from} lacks ${name}, which its manifest names in files: write it, or run \`npm run build\``,
      )
    cpSync(path.join(from, name), path.join(to, name), { recursive: true })
  }
  writeFileSync(
    path.join(to, 'README.md'),
    publishedReadme(readFileSync(path.join(from, 'README.md'), 'utf8')),
  )
  cpSync(path.join(REPO, 'LICENSE'), path.join(to, 'LICENSE'))
  writeFileSync(path.join(to, 'package.json'), `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`)
}

function npmPack(folders, out) {
  mkdirSync(out, { recursive: true })
  const args = [npm(), 'pack', '--json', '--ignore-scripts', '--pack-destination', out, ...folders]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: REPO, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm pack ended with ${status}\n${stderr}`)
  return Object.values(JSON.parse(stdout))
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** What installs the tarballs in another project without a registry; of the engines only the one of this Node. */
export function installCommand(packed, major = Number(process.versions.node.split('.')[0])) {
  const fits = ({ folder, manifest }) => {
    const [, from, to = Infinity] = /^>=(\d+)(?: <(\d+))?$/.exec(manifest.engines.node) ?? []
    return !folder.startsWith('engines/') || (major >= from && major < to)
  }
  return ['npm install', ...packed.filter(fits).map(({ tarball }) => `  ${tarball}`)].join(' \\\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const out = path.resolve(process.argv[2] ?? path.join(REPO, 'tmp/packed'))
  rmSync(out, { recursive: true, force: true })
  const packed = packAll(out)
  for (const { manifest, tarball } of packed)
    console.log(`${manifest.name} ${manifest.version}: ${path.relative(process.cwd(), tarball)}`)
  console.log(`\nTo have them in another project, without a registry:\n\n${installCommand(packed)}`)
}
