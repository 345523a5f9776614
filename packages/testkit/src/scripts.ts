/** Scripts that tests run (spec/10-scripts). */
import { readFileSync } from 'node:fs'

/** The forum of the first seed: the example that people read. */
export const FORUM_SCRIPT = readFileSync(
  new URL('../../../apps/examples/scripts/forum.js', import.meta.url),
  'utf8',
)

/** A market as an ES module: several variables, files that come and go, who calls what, and calls that fail. */
export const MARKET_SCRIPT = `import assert from 'assert'

export let offers = 0
export let volume = 0
export const sellers = []
export let best = null

export async function init () {
  await state.mkdir('/offers')
}

export async function offer (price) {
  assert(price > 0, 'a price is more than nothing')
  const id = ++offers
  if (!sellers.includes(caller.id)) sellers.push(caller.id)
  if (best === null || price < best.price) best = { id, price }
  await state.writeFile(\`/offers/\${id}\`, JSON.stringify({ price, by: caller.id }))
  return { id, price }
}

export async function take (id) {
  const { price, by } = JSON.parse(await state.readFile(\`/offers/\${id}\`))
  assert(by !== caller.id, 'nobody buys from himself')
  await state.unlink(\`/offers/\${id}\`)
  await state.appendFile('/sold', \`\${id}\\n\`)
  volume += price
  if (best?.id === id) best = null
  return price
}

export const whoAmI = () => caller.id
`

/** A club as anybody might write one: the owner admits and puts out, two members vouch for a third, and whoever likes leaves. */
export const CLUB_SCRIPT = `exports.vouches = {}
exports.init = () => state.mkdir('/notes')
exports.note = async (name, text) => {
  await state.writeFile('/notes/' + name, text)
  return text.length
}
exports.vouch = async (id) => {
  const by = (exports.vouches[id] ??= [])
  if (!by.includes(caller.id)) by.push(caller.id)
  if (by.length === 2) await participants.add(id)
  return by.length
}
exports.leave = () => participants.remove(caller.id)
`
