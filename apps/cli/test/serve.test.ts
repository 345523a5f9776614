/** A process that keeps the database, and the commands that run in it for others. */
import { once } from 'node:events'
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { check, withDatabase } from './database.js'
import { json, kill, Live, type Surroundings, vitra } from './vitra.js'

interface Status {
  readonly pid: number
  readonly socket: string
}

/** A database that is served in the background until the end of the test. */
async function served(made: Awaited<ReturnType<typeof withDatabase>>) {
  const status = await json<Status>(['serve', 'start', '--offline'], made.at)
  const stop = () => vitra(['serve', 'stop'], made.at)
  return { ...status, stop, [Symbol.asyncDispose]: async () => void (await stop()) }
}

describe('a process in the background', () => {
  it('runs the commands of others, several at once, and ends in order', async () => {
    await using made = await withDatabase()
    {
      await using process = await served(made)
      expect(await json(['serve', 'status'], made.at)).toMatchObject({ running: true, command: 'host' })
      const calls = [1, 2, 3, 4].map((amount) =>
        json(['call', 'increment', '--amount', `${amount}`], made.at),
      )
      for (const call of await Promise.all(calls)) expect(call).toMatchObject({ status: 'processed' })
      expect(await json(['call', 'get'], made.at)).toMatchObject({ response: 10 })
      expect(await json(['verify'], made.at)).toMatchObject({ verdict: 'valid', ops: 4 })
      expect(await vitra(['call', 'get', '--offline'], made.at)).toEqual({
        code: 0,
        stdout: '10\n',
        stderr: '',
      })
      expect(await json(['serve', 'stop'], made.at)).toMatchObject({ stopped: true, pid: process.pid })
    }
    expect(await json(['serve', 'status'], made.at, 1)).toMatchObject({ running: false })
    expect(await json(['call', 'get'], made.at)).toMatchObject({ response: 10 })
    const { stdout } = await vitra(['serve', 'logs', '--lines', '1'], made.at)
    expect(stdout).toMatch(/^stopped at version \d+\n$/)
    await check(made.folder.at('.vitra'))
  })

  it('gives a command the files, the standard input and the exit code of whoever typed it', async () => {
    await using made = await withDatabase()
    await using _ = await served(made)
    mkdirSync(made.folder.at('below'))
    const below: Surroundings = { cwd: made.folder.at('below') }
    const echo = (args: string[], stdin?: string) =>
      json(['call', 'echo', ...args], { ...below, ...(stdin === undefined ? {} : { stdin }) })
    expect(await echo(['--params', '-'], '{"from": "stdin", "blank": "a  b"}')).toMatchObject({
      response: { from: 'stdin', blank: 'a  b' },
    })
    expect(await echo(['--text-file', '../contract.js'])).toMatchObject({
      response: { text: readFileSync(made.folder.at('contract.js'), 'utf8') },
    })
    expect(await vitra(['get', '/nowhere'], below)).toMatchObject({ code: 1 })
    await json(['call', 'increment'], below)
    await json(['prove', 'state', '/counter', '--out', 'a.proof'], below)
    expect(statSync(made.folder.at('below/a.proof')).size).toBeGreaterThan(0)
  })

  it('can be reached by nobody else', async () => {
    await using made = await withDatabase()
    await using process = await served(made)
    expect(statSync(process.socket).mode & 0o777).toBe(0o600)
    expect(statSync(path.dirname(process.socket)).mode & 0o077).toBe(0)
  })

  it('is not harmed by nonsense, nor by who asks and goes away', async () => {
    await using made = await withDatabase()
    await using process = await served(made)
    const request = { version: '0', argv: ['info'], cwd: '/', env: {}, stdout: {}, stderr: {} }
    const words = ['{', '[]\n', 'null\n', '{"kind":"run"}\n', '{"kind":"stdin"}\n', '\u0000'.repeat(1000)]
    for (const word of [...words, `${JSON.stringify({ kind: 'run', request })}\n`]) {
      const socket = connect(process.socket)
      await once(socket, 'connect')
      socket.on('error', () => {}) // it may be cut off at once
      socket.write(word)
      await sleep(20)
      socket.destroy()
    }
    expect(await json(['call', 'get'], made.at)).toMatchObject({ response: 0 })
  })

  it('is not asked by a program of another version', async () => {
    await using made = await withDatabase()
    await using process = await served(made)
    const socket = connect(process.socket)
    const request = { version: '0.0.0-other', argv: ['info'], cwd: '/', env: {}, stdout: {}, stderr: {} }
    socket.write(`${JSON.stringify({ kind: 'run', request })}\n`)
    let said = ''
    for await (const text of socket.setEncoding('utf8')) said += text
    expect(JSON.parse(said)).toMatchObject({ kind: 'other-version' })
  })

  it('is begun once, and says why it could not be', async () => {
    await using made = await withDatabase()
    await using first = await served(made)
    expect(await json(['serve', 'start'], made.at)).toMatchObject({ pid: first.pid, started: false })
    expect((await vitra(['serve', 'start', '--offline'], made.at)).stderr).toContain('as it was begun')
    expect(await json(['host'], made.at, 1)).toMatchObject({ error: { code: 'DATABASE_LOCKED' } })
    mkdirSync(made.folder.at('empty'))
    const empty = await json(['serve', 'start', '--dir', 'empty'], made.at, 1)
    expect(empty).toMatchObject({ error: { code: 'SERVE_NOT_STARTED' } })
    expect(JSON.stringify(empty)).toContain('DATABASE_NOT_FOUND')
  })

  it('that was killed is in nobody’s way', async () => {
    await using made = await withDatabase()
    const { pid } = await json<Status>(['serve', 'start', '--offline'], made.at)
    await kill(pid)
    expect(await json(['call', 'increment'], made.at)).toMatchObject({ status: 'processed' })
    {
      await using again = await served(made)
      expect(again.pid).not.toBe(pid)
      expect(await json(['call', 'get'], made.at)).toMatchObject({ response: 1 })
    }
    await check(made.folder.at('.vitra'))
  })
})

describe('a command that runs elsewhere', () => {
  it('goes on until its own Ctrl-C, and the process that runs it goes on after that', async () => {
    await using made = await withDatabase()
    await using _ = await served(made)
    await using monitor = new Live(['monitor', '--offline'], made.at)
    await monitor.until(({ event }) => event === 'validated')
    await json(['call', 'increment'], made.at)
    await monitor.until(({ event, ops }) => event === 'validated' && ops === 1)
    expect(await monitor.stop()).toBe(0)
    expect(await json(['call', 'get'], made.at)).toMatchObject({ response: 1 })
  })

  it('ends with the process that runs it, and says so', async () => {
    await using made = await withDatabase()
    const background = await served(made)
    await using monitor = new Live(['monitor', '--offline'], made.at)
    await monitor.until(({ event }) => event === 'validated')
    await background.stop()
    expect(await monitor.ended()).toBe(0)
    expect(monitor.events.at(-1)).toMatchObject({ event: 'stopped' })
  })

  it('is told where that process dies', async () => {
    await using made = await withDatabase()
    const { pid } = await served(made)
    await using monitor = new Live(['monitor', '--offline'], made.at)
    await monitor.until(({ event }) => event === 'validated')
    process.kill(pid, 'SIGKILL')
    expect(await monitor.ended()).toBe(1)
    expect(monitor.stderr).toContain('HOLDER_GONE')
  })

  it('runs in `vitra host` as well, and at a path that is too long for a socket', async () => {
    await using made = await withDatabase()
    const dir = path.join(made.folder.path, 'long'.repeat(20), 'db')
    await json(['init', 'contract.js', '--dir', dir], made.at)
    await using host = new Live(['host', '--offline', '--dir', dir], made.at)
    await host.until(({ event }) => event === 'hosting')
    expect(await json(['call', 'increment', '--dir', dir], made.at)).toMatchObject({ status: 'processed' })
    await host.until(({ event }) => event === 'executed')
    expect(await host.stop()).toBe(0)
    await check(dir)
  })
})
