// A project of somebody who uses Vitra: an empty folder outside the repository, and the version of Node it runs on.
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { npm } from '../npm.mjs'

const FILES = fileURLToPath(new URL('project', import.meta.url))

export class Project {
  /** @param registry where packages come from: `{ url, cache }` */
  constructor(folder, node, registry, manifest = {}) {
    this.folder = folder
    this.node = node
    mkdirSync(folder, { recursive: true })
    cpSync(FILES, folder, { recursive: true })
    this.write(
      'package.json',
      JSON.stringify({ name: 'consumer', private: true, type: 'module', ...manifest }),
    )
    this.write('.npmrc', npmrc(registry))
  }

  write(name, text) {
    writeFileSync(path.join(this.folder, name), text)
  }

  /** Runs npm with this project's Node. */
  npm(...args) {
    return this.run(npm(), ...args)
  }

  /** Runs a program with this project's Node; gives what it printed. Rejects where it fails. */
  async run(...args) {
    const { code, stdout, stderr } = await this.try(...args)
    if (code === 0) return stdout
    throw new Error(`${args.join(' ')} ended with ${code}\n${stdout}\n${stderr}`)
  }

  /** Like `run`, whatever the exit code. */
  try(...args) {
    const child = spawn(this.node, args, { cwd: this.folder, env: environment(this.node) })
    child.stdin.end()
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (text) => {
        output[name] += text
      })
    }
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => resolve({ code: code ?? signal, ...output }))
    })
  }

  /** Every copy of a package below node_modules: `{ folder, version }`. */
  copiesOf(name) {
    const root = path.join(this.folder, 'node_modules')
    const manifest = path.join(name, 'package.json')
    return readdirSync(root, { recursive: true })
      .map(String)
      .filter((file) => file === manifest || file.endsWith(path.join(path.sep, 'node_modules', manifest)))
      .map((file) => {
        const { version } = JSON.parse(readFileSync(path.join(root, file), 'utf8'))
        return { folder: path.join(root, path.dirname(file)), version }
      })
  }
}

/** The settings of a project; a registry asks for a token, whichever. */
export function npmrc({ url, cache }) {
  return [
    `registry=${url}`,
    `//${new URL(url).host}/:_authToken=loopback`,
    `cache=${cache}`,
    'audit=false',
    'fund=false',
    '',
  ].join('\n')
}

/** Without what npm and vitest have set for the program that runs this. */
function environment(node) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|vitest|node_env$|node_options$)/i.test(name),
  )
  return { ...Object.fromEntries(kept), PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` }
}
