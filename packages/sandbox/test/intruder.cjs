// Stands in the guest's place: tries what code that broke out would try, and reports over the channel. Its second
// argument is where the host listens and which file it may not write.
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const net = require('node:net')
const { Worker } = require('node:worker_threads')

const { port, target } = JSON.parse(process.argv[2])

function attempt(run) {
  try {
    run()
    return 'done'
  } catch (error) {
    return error.code ?? error.message
  }
}

function connect() {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' }, () => resolve('done'))
    socket.on('error', (error) => resolve(error.code))
  })
}

async function main() {
  const report = {
    read: attempt(() => fs.readFileSync('/etc/passwd')),
    list: attempt(() => fs.readdirSync('/usr')),
    readOwn: attempt(() => fs.readFileSync(process.argv[1])),
    create: attempt(() => fs.closeSync(fs.openSync(`${target}.empty`, 'w'))),
    spawn: attempt(() => {
      const { error } = spawnSync('/bin/true')
      if (error !== undefined) throw error
    }),
    worker: attempt(() => new Worker('', { eval: true }).terminate()),
    becomeRoot: attempt(() => process.setuid(process.getuid() === 0 ? 1 : 0)),
    connect: await connect(),
    cwd: process.cwd(),
    env: Object.keys(process.env).filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name)),
  }
  fs.writeSync(3, `${JSON.stringify(report)}\n`)
  process.on('SIGXFSZ', () => {})
  fs.writeSync(3, `${JSON.stringify({ write: attempt(() => fs.writeFileSync(target, 'x')) })}\n`)
  process.exit(0)
}

main()
