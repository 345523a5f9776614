// Completes package-lock.json. Where the registry lacks a package's builds for other platforms, npm
// leaves their optional entries out of the lockfile, and `npm ci` then refuses it on a fresh clone
// (EUSAGE). This adds each missing entry with the version its parent asks for and the os, cpu and
// libc its name tells. With --check it only reports. Works offline. Run it after every `npm install`.
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const FILE = 'package-lock.json'

const OS = new Map(
  ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
    .map((os) => [os, os])
    .concat([['windows', 'win32']]),
)
const CPU = new Map(
  ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64']
    .map((cpu) => [cpu, cpu])
    .concat([['64', 'x64']]),
)

/** Optional dependencies without an entry: `{ parent, name, version }`. */
export function missingEntries(packages) {
  return Object.entries(packages).flatMap(([parent, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !isLocked(packages, parent, name))
      .map(([name, version]) => ({ parent, name, version })),
  )
}

/** Whether `name` resolves from `parent`, looking in each enclosing node_modules as Node does. */
function isLocked(packages, parent, name) {
  for (let folder = parent; ; folder = folder.replace(/(^|\/)[^/]*$/, '')) {
    const base = folder === '' ? '' : `${folder}/`
    if (`${base}node_modules/${name}` in packages) return true
    if (folder === '') return false
  }
}

/** The os, cpu and libc that a platform package's name tells, e.g. `@scope/cli-linux-x64-musl`. */
export function platformOf(name, siblings = []) {
  const words = name.split(/[/-]/)
  const os = words.map((word) => OS.get(word)).find(Boolean)
  const cpu = words.map((word) => CPU.get(word)).find(Boolean)
  if (!os || !cpu) throw new Error(`cannot tell the platform of ${name}`)
  const musl = words.some((word) => word.startsWith('musl'))
  const gnu = words.some((word) => word.startsWith('gnu')) || siblings.includes(`${name}-musl`)
  if (os !== 'linux' || !(musl || gnu)) return { os: [os], cpu: [cpu] }
  return { os: [os], cpu: [cpu], libc: [musl ? 'musl' : 'glibc'] }
}

/** A copy of the lockfile's `packages` with every missing entry, in npm's order. */
export function completed(packages) {
  const result = { ...packages }
  for (const { parent, name, version } of missingEntries(packages)) {
    if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`${name} has no exact version in ${parent}`)
    const { dev, license, optionalDependencies } = packages[parent]
    const { os, cpu, libc } = platformOf(name, Object.keys(optionalDependencies))
    result[`node_modules/${name}`] = {
      version,
      cpu,
      ...(dev ? { dev } : {}),
      ...(libc ? { libc } : {}),
      ...(license ? { license } : {}),
      optional: true,
      os,
    }
  }
  return Object.fromEntries(Object.entries(result).sort(([a], [b]) => a.localeCompare(b, 'en')))
}

function main(check) {
  const lock = JSON.parse(readFileSync(FILE, 'utf8'))
  const missing = missingEntries(lock.packages)
  if (missing.length === 0) return
  if (check) {
    for (const { parent, name } of missing)
      console.error(`${FILE} lacks ${name}, which ${parent} may install`)
    console.error('run `npm run lockfile`')
    process.exitCode = 1
    return
  }
  writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: completed(lock.packages) }, null, 2)}\n`)
  console.log(`added ${missing.length} optional entries to ${FILE}`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv.includes('--check'))
