// A package registry on loopback (verdaccio) with the packed packages in it; every other package comes through it
// from the registry that npm is configured for. It lives in a folder of its own and ends with its process.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { npm } from '../npm.mjs'

const VERDACCIO = fileURLToPath(new URL('../../node_modules/verdaccio/bin/verdaccio', import.meta.url))
const POLL_MS = 200
const START_MS_MAX = 120_000

/**
 * Starts a registry for packages of the given names.
 *
 * @returns its address, and `stop`
 */
export async function startRegistry(folder, names) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  const file = path.join(folder, 'verdaccio.yaml')
  writeFileSync(file, JSON.stringify(configuration(folder, names))) // JSON is YAML
  const log = path.join(folder, 'verdaccio.log')
  const output = openSync(log, 'a')
  const child = spawn(process.execPath, [VERDACCIO, '--config', file, '--listen', `127.0.0.1:${port}`], {
    cwd: folder,
    stdio: ['ignore', output, output],
  })
  const exited = once(child, 'exit')
  const stop = async () => {
    child.kill()
    await exited
  }
  for (const end = Date.now() + START_MS_MAX; !(await answers(url)); await sleep(POLL_MS)) {
    if (child.exitCode === null && Date.now() < end) continue
    if (child.exitCode === null) await stop()
    throw new Error(`the registry does not start\n${readFileSync(log, 'utf8')}`)
  }
  return { url, stop }
}

function configuration(folder, names) {
  const open = { access: '$all', publish: '$all' }
  const cafile = npmSetting('cafile')
  return {
    storage: path.join(folder, 'storage'),
    web: { enable: false },
    auth: { htpasswd: { file: path.join(folder, 'htpasswd') } },
    uplinks: {
      upstream: {
        url: npmSetting('registry'),
        cache: false,
        ...(cafile ? { ca: readFileSync(cafile, 'utf8') } : {}),
      },
    },
    packages: {
      ...Object.fromEntries(names.map((name) => [name, open])),
      '**': { access: '$all', proxy: 'upstream' },
    },
    middlewares: { audit: { enabled: false } },
    log: { type: 'stdout', format: 'pretty', level: 'warn' },
  }
}

/** Undefined where npm has no such setting. */
function npmSetting(name) {
  const { status, stdout } = spawnSync(process.execPath, [npm(), 'config', 'get', name], { encoding: 'utf8' })
  const value = stdout.trim()
  return status !== 0 || ['', 'null', 'undefined'].includes(value) ? undefined : value
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

async function answers(url) {
  try {
    return (await fetch(new URL('-/ping', url))).ok
  } catch {
    return false
  }
}
