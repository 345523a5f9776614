// Makes a fresh clone ready: installs what package-lock.json names, checks that the native contract
// engine loads, and with --build builds every package. Does nothing that a former run already did.
// Imports only Node's own modules, since it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const REPO = fileURLToPath(new URL('..', import.meta.url))
const at = (...names) => path.join(REPO, ...names)

const STAMP = at('node_modules/.vitra-setup.json')
/** Outside node_modules, because `npm ci` removes that folder. */
const LOCK = at('tmp/setup.lock')

const NODE_MIN = [20, 19]
const LOCK_POLL_MS = 500
/** Longer than any install seen; after it the lock is taken to be left over. */
const LOCK_WAIT_MS = 15 * 60_000
const PROGRESS_MS = 10_000

class SetupError extends Error {
  constructor(code, message) {
    super(`${code}: ${message}`)
    this.code = code
  }
}

export async function setup({ build = false } = {}) {
  checkNode()
  if (!build && isCurrent()) return
  await locked(async () => {
    if (!isCurrent()) {
      if (!isInstalled()) await install()
      checkEngine()
      writeFileSync(STAMP, `${JSON.stringify(fingerprint(), null, 2)}\n`)
    }
    if (build) buildAll()
  })
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return
  throw new SetupError(
    'E_NODE_VERSION',
    `Node ${NODE_MIN.join('.')} or newer is needed, this is ${process.version}`,
  )
}

/** What an install depends on: when this differs from the stamp, the install is stale. */
function fingerprint() {
  process.report.excludeNetwork = true
  return {
    lock: createHash('sha256')
      .update(readFileSync(at('package-lock.json')))
      .digest('hex'),
    node: process.versions.node.split('.')[0],
    platform: `${process.platform}-${process.arch}`,
    libc: process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'other',
  }
}

function stamp() {
  return existsSync(STAMP) ? JSON.parse(readFileSync(STAMP, 'utf8')) : null
}

function isCurrent() {
  return JSON.stringify(stamp()) === JSON.stringify(fingerprint())
}

/** Whether somebody ran npm here already: npm's own record holds everything the lockfile demands. */
function isInstalled() {
  const record = at('node_modules/.package-lock.json')
  if (!existsSync(record)) return false
  const former = stamp()
  if (former !== null && JSON.stringify({ ...fingerprint(), lock: former.lock }) !== JSON.stringify(former))
    return false
  const have = JSON.parse(readFileSync(record, 'utf8')).packages
  const want = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages
  const isOptional = (entry) => entry.optional || (entry.link && want[entry.resolved].optional)
  return Object.entries(want).every(
    ([name, entry]) =>
      name === '' || isOptional(entry) || (name in have && have[name].version === entry.version),
  )
}

async function install() {
  say('installing dependencies with npm ci (about a minute, longer where the engine is compiled)')
  rmSync(STAMP, { force: true })
  const npm = process.env.npm_execpath
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']]
  const started = Date.now()
  const progress = setInterval(() => say(`installing, ${seconds(started)}`), PROGRESS_MS)
  try {
    const child = spawn(command, [...args, '--no-progress', '--color=false'], { cwd: REPO, stdio: 'inherit' })
    const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
    if (status !== 0) throw new SetupError('E_INSTALL', `npm ci ended with ${status}`)
  } finally {
    clearInterval(progress)
  }
  say(`installed in ${seconds(started)}`)
}

/** npm exits 0 when an optional package fails to compile, so the engine is loaded and run. */
function checkEngine() {
  const { optionalDependencies } = JSON.parse(readFileSync(at('package.json'), 'utf8'))
  const shims = Object.keys(optionalDependencies).filter((name) => name.startsWith('@vitra/engine-'))
  const probe = `
    const reasons = []
    for (const shim of ${JSON.stringify(shims)}) {
      try {
        const { Isolate } = require(shim)
        const isolate = new Isolate({ memoryLimit: 16 })
        const answer = isolate.createContextSync().evalSync('6 * 7')
        isolate.dispose()
        if (answer === 42) process.exit(0)
      } catch (error) {
        reasons.push(shim + ': ' + error.message.split('\\n')[0])
      }
    }
    console.error(reasons.join('\\n'))
    process.exit(1)`
  const child = spawnSync(process.execPath, ['--no-node-snapshot', '-e', probe], {
    cwd: REPO,
    encoding: 'utf8',
  })
  if (child.status === 0) return
  throw new SetupError(
    'E_NATIVE_BUILD',
    `the contract engine (isolated-vm) does not load on Node ${process.version}.\n` +
      'Where no prebuilt binary fits, npm compiles it and needs python3, make and g++ (C++17 or newer).\n' +
      `Install them, remove node_modules and run this again.\n${child.stderr}`,
  )
}

function buildAll() {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', NO_COLOR: '1' }
  delete env.FORCE_COLOR
  const args = ['run', 'build', '--ui=stream', '--output-logs=errors-only', '--no-color']
  const child = spawnSync(at('node_modules/.bin/turbo'), args, { cwd: REPO, env, stdio: 'inherit' })
  if (child.status !== 0)
    throw new SetupError('E_BUILD', `turbo run build ended with ${child.status ?? child.error}`)
}

/** Runs `work` while no other set-up runs in this clone. A lock whose process is gone is taken over. */
async function locked(work) {
  mkdirSync(path.dirname(LOCK), { recursive: true })
  const mine = `${LOCK}.${process.pid}`
  writeFileSync(mine, `${process.pid}\n`)
  const release = () => rmSync(LOCK, { force: true })
  try {
    await acquire(mine)
  } finally {
    rmSync(mine, { force: true })
  }
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

/** A hard link appears whole or not at all, so the lock is never seen without its process id. */
async function acquire(mine) {
  const started = Date.now()
  for (let waited = false; ; waited = true) {
    try {
      linkSync(mine, LOCK)
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const pid = holder()
    if (pid !== null && !isRunning(pid)) rmSync(LOCK, { force: true })
    else if (Date.now() - started > LOCK_WAIT_MS)
      throw new SetupError('E_LOCKED', `${LOCK} is held by process ${pid}`)
    else {
      if (!waited) say(`waiting for another set-up (process ${pid})`)
      await sleep(LOCK_POLL_MS)
    }
  }
}

function holder() {
  try {
    return Number(readFileSync(LOCK, 'utf8'))
  } catch {
    return null
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function seconds(started) {
  return `${Math.round((Date.now() - started) / 1000)} s`
}

function say(line) {
  console.log(`setup: ${line}`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await setup({ build: process.argv.includes('--build') })
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
