// Checks what is published, tarball by tarball: publint (the manifest against the files) and attw (how TypeScript and
// Node resolve each entry). Needs what `npm run build` makes.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { packAll } from './pack.mjs'

const ATTW = fileURLToPath(new URL('../node_modules/@arethetypeswrong/cli/dist/index.js', import.meta.url))

/** What is wrong with a tarball, a line each; nothing where it is right. */
export async function packageProblems({ manifest, tarball }) {
  const { messages, pkg } = await publint({ pack: { tarball: bytesOf(tarball) }, strict: true })
  const found = messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`)
  return [...found, ...(manifest.exports ? typeProblems(tarball) : [])]
}

function typeProblems(tarball) {
  const args = [ATTW, tarball, '--profile', 'esm-only', '--no-color', '--no-emoji', '--format', 'ascii']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return status === 0 ? [] : [`attw:\n${stdout}${stderr}`]
}

function bytesOf(file) {
  const { buffer, byteOffset, byteLength } = readFileSync(file)
  return buffer.slice(byteOffset, byteOffset + byteLength)
}

async function main() {
  const folder = mkdtempSync(path.join(tmpdir(), 'vitra-packages-'))
  try {
    for (const item of packAll(folder)) {
      const problems = await packageProblems(item)
      console.log(`${item.manifest.name}: ${problems.length === 0 ? 'ok' : problems.join('\n')}`)
      if (problems.length > 0) process.exitCode = 1
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
