/**
 * Names with their public keys. Who has a name changes its key; an admin gives a name back when its owner lost the key.
 * Every change stays in the logs, so nobody, not even an admin or the host, can slip in a key without being seen.
 */
export let admins = []

export function init() {
  admins = [caller.id]
}

export async function setKey(name, key) {
  if (!/^[a-z0-9-]{1,32}$/.test(name)) throw new Error('a name is 1 to 32 of a-z, 0-9 and -')
  if (typeof key !== 'string' || key.length > 2000) throw new Error('a key has up to 2,000 characters')
  const entry = await lookup(name)
  if (entry !== null && entry.owner !== caller.id) throw new Error(`${name} belongs to somebody else`)
  await write(name, { owner: caller.id, key })
}

/** @param {string} owner key of the participant who has the name from now on */
export async function giveName(name, owner) {
  checkAdmin()
  const entry = await lookup(name)
  if (entry === null) throw new Error(`nobody has ${name}`)
  await write(name, { owner, key: null })
}

export function addAdmin(id) {
  checkAdmin()
  if (!admins.includes(id)) admins.push(id)
}

export function removeAdmin(id) {
  checkAdmin()
  if (admins.length === 1) throw new Error('there is always an admin')
  admins = admins.filter((admin) => admin !== id)
}

export async function addParticipant(id) {
  checkAdmin()
  await participants.add(id)
}

export async function lookup(name) {
  try {
    return JSON.parse(await state.readFile(`/names/${name}`, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}

async function write(name, entry) {
  await state.mkdir('/names', { recursive: true })
  await state.writeFile(`/names/${name}`, JSON.stringify(entry))
}

function checkAdmin() {
  if (!admins.includes(caller.id)) throw new Error('only an admin may do this')
}
