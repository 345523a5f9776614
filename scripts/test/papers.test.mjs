// The papers: links of every Markdown file in the repository lead to something that is there.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((file) => existsSync(file))

/** Targets of links inside the repository, code blocks left out. */
function links(text) {
  const prose = text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1])
    .filter((target) => !/^[a-z]+:/.test(target))
}

/** The names under which a page's headings can be linked to. */
function anchors(text) {
  const titles = [...text.replace(/^```.*?^```/gms, '').matchAll(/^#+ (.*)$/gm)].map((match) => match[1])
  return titles.map((title) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function brokenLinks(file, text) {
  return links(text).filter((target) => {
    const [name, anchor] = target.split('#')
    const to = name === '' ? file : path.join(path.dirname(file), name)
    if (!existsSync(to)) return true
    return anchor !== undefined && !anchors(name === '' ? text : readFileSync(to, 'utf8')).includes(anchor)
  })
}

it('have no broken link', () => {
  expect(files).toContain('README.md')
  const broken = files.flatMap((file) =>
    brokenLinks(file, readFileSync(file, 'utf8')).map((target) => `${file}: ${target}`),
  )
  expect(broken).toEqual([])
})

it('would show a broken link, and a heading that is not there', () => {
  const text =
    '# A title\n[a](no-such-file.md) [b](#a-title) [c](#no-title) [d](https://example.org) `[e](f)`'
  expect(brokenLinks('README.md', text)).toEqual(['no-such-file.md', '#no-title'])
})
