// A checker in another language, written from spec/ alone, agrees with every vector.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const CHECKER = 'scripts/second-checker'
const hasPython = spawnSync('python3', ['--version']).status === 0
const FOLDER = `tmp/second-checker-${process.pid}`

function check(folder = '.') {
  const { status, stdout, stderr } = spawnSync('python3', [`${folder}/${CHECKER}/check_vectors.py`], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  })
  return { status, output: `${stdout}${stderr}` }
}

// The set-up of a clone needs python3 as well. Only by hand, on a machine without, are these skipped; CI fails there.
const isSkipped = !hasPython && !process.env.CI

it.skipIf(isSkipped)('agrees with every vector', () => {
  expect(check()).toEqual({ status: 0, output: expect.stringMatching(/^\d{3,} vectors agree, 0 do not\n$/) })
})

it.skipIf(isSkipped)('notices a vector that is wrong, and a file of which it knows nothing', () => {
  try {
    for (const folder of [CHECKER, 'spec/vectors']) {
      mkdirSync(`${FOLDER}/${folder}`, { recursive: true })
      const files = readdirSync(folder).filter((name) => name.includes('.'))
      for (const name of files) copyFileSync(`${folder}/${name}`, `${FOLDER}/${folder}/${name}`)
    }
    const heads = JSON.parse(readFileSync('spec/vectors/heads.json', 'utf8'))
    heads.signed[0].head.length++
    writeFileSync(`${FOLDER}/spec/vectors/heads.json`, JSON.stringify(heads))
    const fraud = JSON.parse(readFileSync('spec/vectors/proof-fraud.json', 'utf8'))
    const [guilty, other] = [fraud.valid.find(({ seq }) => seq > 0), fraud.valid.find(({ takes }) => takes)]
    guilty.seq--
    delete other.takes
    writeFileSync(`${FOLDER}/spec/vectors/proof-fraud.json`, JSON.stringify(fraud))
    writeFileSync(`${FOLDER}/spec/vectors/news.json`, '{}')
    const { status, output } = check(FOLDER)
    expect(status).toBe(1)
    expect(output).toContain(`heads: ${heads.signed[0].comment}`)
    expect(output).toContain(`proof-fraud: ${guilty.comment}`)
    expect(output).toContain(`proof-fraud: ${other.comment}`)
    expect(output).toContain('news: nothing here checks these vectors')
  } finally {
    rmSync(FOLDER, { recursive: true, force: true })
  }
})
