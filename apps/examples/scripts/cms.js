/** A site that several people write: authors draft, editors publish, an admin says who is what. */
const ROLES = ['author', 'editor', 'admin'] // each may what those before it may
export const roles = {}

export async function init() {
  roles[caller.id] = 'admin'
  await state.mkdir('/drafts')
  await state.mkdir('/site')
}

export async function setRole(id, role) {
  need('admin')
  if (role !== null && !ROLES.includes(role)) throw new Error(`a role is ${ROLES.join(', ')}, or null`)
  const isIn = (await participants.list()).includes(id)
  if (role !== null && !isIn) await participants.add(id)
  if (role === null && isIn) await participants.remove(id)
  if (role === null) delete roles[id]
  else roles[id] = role
  if (!Object.values(roles).includes('admin')) throw new Error('there is always an admin')
}

export async function draft(page, text) {
  need('author')
  const before = await read(`/drafts/${check(page)}`)
  if (before !== null && before.by !== caller.id) need('editor')
  const by = before?.by ?? caller.id
  await state.writeFile(`/drafts/${page}`, JSON.stringify({ by, text }))
}

export async function publish(page) {
  need('editor')
  const { by, text } = (await read(`/drafts/${check(page)}`)) ?? {}
  if (text === undefined) throw new Error(`there is no draft of ${page}`)
  await state.writeFile(`/site/${page}`, JSON.stringify({ by, publishedBy: caller.id, text }))
  await state.unlink(`/drafts/${page}`)
}

export const page = (name) => read(`/site/${check(name)}`)
export const pages = () => state.readdir('/site')
export const drafts = () => state.readdir('/drafts')

async function read(path) {
  const text = await state.readFile(path, 'utf8').catch((error) => {
    if (error.code !== 'ENOENT') throw error
  })
  return text === undefined ? null : JSON.parse(text)
}

function check(page) {
  if (!/^[a-z0-9-]{1,60}$/.test(page)) throw new Error('a page is named by 1 to 60 of a-z, 0-9 and -')
  return page
}

function need(role) {
  const has = ROLES.indexOf(roles[caller.id])
  if (has < ROLES.indexOf(role)) throw new Error(`this takes the role ${role}`)
}
