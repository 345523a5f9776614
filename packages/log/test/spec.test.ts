/** The specification and the source say the same, where both can be read by a machine. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { CURRENT_RULES, decodeRules, encodeRules, FAILURE_CODES, OUTCOME_KINDS } from '../src/index.js'

const REPO = fileURLToPath(new URL('../../..', import.meta.url))
const read = (file: string) => readFileSync(path.join(REPO, file), 'utf8')
const PARTS = readdirSync(path.join(REPO, 'spec')).filter((name) => /^\d-.*\.md$/.test(name))

function sourceFiles(): string[] {
  return readdirSync(path.join(REPO, 'packages'))
    .flatMap((name) =>
      readdirSync(path.join(REPO, 'packages', name), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(ts|proto)$/.test(entry.name))
        .map((entry) => path.relative(REPO, path.join(entry.parentPath, entry.name))),
    )
    .filter((file) => /\/src\//.test(file) && !/node_modules|\.generated\./.test(file))
}

/** Protobuf definitions of a text by message name, without layout and comments. */
function messages(text: string): Map<string, string> {
  const found = text.replace(/\/\/.*$/gm, '').matchAll(/message (\w+) \{([^}]*)\}/g)
  return new Map([...found].map(([, name, body]) => [name!, body!.replace(/\s+/g, ' ').trim()]))
}

/** Cells of the table rows whose first cell is a name in code. */
function tableRows(text: string): string[][] {
  return [...text.matchAll(/^\| `(\w+)` *\| (.*) *\|$/gm)].map(([, name, rest]) => [
    name!,
    ...rest!.split('|').map((cell) => cell.trim()),
  ])
}

describe('the specification', () => {
  it('has every part and section that the source cites', () => {
    const missing: string[] = []
    let citations = 0
    for (const file of sourceFiles()) {
      for (const [whole, part, sections = ''] of read(file).matchAll(/spec\/(\d-[a-z]+)((?:,? ?–?§\d+)*)/g)) {
        citations++
        const text = PARTS.includes(`${part}.md`) ? read(`spec/${part}.md`) : ''
        const cited = [...sections.matchAll(/§(\d+)/g)].map((match) => match[1])
        const absent = cited.filter((section) => !new RegExp(`^## ${section} `, 'm').test(text))
        if (text === '' || absent.length > 0) missing.push(`${file}: ${whole}`)
      }
    }
    expect(missing).toEqual([])
    expect(citations).toBeGreaterThan(40)
  })

  it.each(PARTS)('numbers the rules of %s without a gap or a repetition', (file) => {
    const text = read(`spec/${file}`)
    const part = file[0]!
    let section = '0'
    let rule = 0
    for (const [, heading, number] of text.matchAll(/^## (\d+) |^- \*\*(\d+\.\d+\.\d+)\*\*/gm)) {
      if (heading !== undefined) {
        expect(Number(heading)).toBe(Number(section) + 1)
        section = heading
        rule = 0
      } else {
        rule++
        expect(number).toBe(`${part}.${section}.${rule}`)
      }
    }
    expect(section).not.toBe('0')
  })

  it('refers to rules that are there', () => {
    const text = PARTS.map((file) => read(`spec/${file}`)).join('\n')
    // Versions of packages have the same form.
    const all = text.replace(/acorn-[\d.]+|^ *\|.*isolated-vm.*(\n *\|.*)*/gm, '')
    const rules = new Set([...all.matchAll(/^- \*\*(\d+\.\d+\.\d+)\*\*/gm)].map((match) => match[1]))
    const cited = [...all.matchAll(/(?<![\d.*])([1-8]\.\d+\.\d+)(?![\d.])/g)].map((match) => match[1]!)
    expect(cited.length).toBeGreaterThan(10)
    expect(cited.filter((rule) => !rules.has(rule))).toEqual([])
  })

  it('has the messages of the schemas, field by field', () => {
    const schemas = messages(
      sourceFiles()
        .filter((file) => file.endsWith('.proto'))
        .map(read)
        .join('\n'),
    )
    const specified = messages(PARTS.map((file) => read(`spec/${file}`)).join('\n'))
    expect(Object.fromEntries(specified)).toEqual(Object.fromEntries(schemas))
  })

  it('has the rules and limits that a database is pinned to now', () => {
    const rows = new Map(tableRows(read('spec/1-identity.md')).map(([name, value]) => [name, value]))
    const { limits, ...versions } = CURRENT_RULES
    for (const [name, value] of Object.entries({ ...versions, ...limits })) {
      const [written] = (rows.get(name) ?? '').replaceAll('`', '').split(' or ') // the first is that of a plain contract
      const expected =
        typeof value === 'string' ? JSON.stringify(value) : Number(value).toLocaleString('en-US')
      expect([name, written]).toEqual([name, name === 'ecmaVersion' ? String(value) : expected])
    }
  })

  it('has the versions of the ABI that there are', () => {
    const rows = new Map(tableRows(read('spec/1-identity.md')).map(([name, value]) => [name, value]))
    const versions = rows.get('abi')!.split(' or ').map(Number)
    expect(versions).toEqual([1, 2])
    for (const abi of versions) expect(decodeRules(encodeRules({ ...CURRENT_RULES, abi })).abi).toBe(abi)
    expect(() => encodeRules({ ...CURRENT_RULES, abi: 3 })).toThrow('abi')
  })

  it('has the outcome kinds and failure codes, all of them', () => {
    const [, section = ''] = read('spec/2-index.md').split('## 6 Outcomes')
    const kinds = [...section.matchAll(/^\| (\d) *\| `([\w-]+)` *\|/gm)].map(([, n, name]) => [
      Number(n),
      name,
    ])
    expect(kinds).toEqual(OUTCOME_KINDS.map((name, n) => [n, name]))
    const [, table = ''] = section.split(/\| code of `failed` *\| why *\|/)
    const codes = [...table.split('\n\n')[0]!.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`([\w-]+)`/g)].map((match) => match[1]!),
    )
    expect([...codes].sort()).toEqual([...FAILURE_CODES].sort())
  })
})
