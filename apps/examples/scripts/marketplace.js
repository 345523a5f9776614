/**
 * Matches buyers and sellers: an order meets the best one of the other side, the older one where two are as good, at the
 * older one's price. What does not meet waits in the book.
 */
export let lastOrder = 0
export let lastTrade = 0
/** Open orders of an item: `{ id, by, price, amount }`, best first. */
export const book = {}

export async function init() {
  await state.mkdir('/trades')
}

export const sell = (item, price, amount) => order(item, 'asks', price, amount)
export const buy = (item, price, amount) => order(item, 'bids', price, amount)

export function cancel(item, id) {
  for (const side of ['asks', 'bids']) {
    const orders = book[item]?.[side] ?? []
    const at = orders.findIndex((open) => open.id === id)
    if (at < 0) continue
    if (orders[at].by !== caller.id) throw new Error('the order belongs to somebody else')
    return orders.splice(at, 1)[0]
  }
  throw new Error(`there is no open order ${id}`)
}

export const offers = (item) => book[item] ?? { asks: [], bids: [] }

async function order(item, side, price, amount) {
  if (typeof item !== 'string' || item === '' || item === '__proto__')
    throw new Error('an item is given by its name')
  for (const number of [price, amount]) {
    if (!Number.isSafeInteger(number) || number < 1)
      throw new Error('price and amount are whole numbers from 1')
  }
  book[item] ??= { asks: [], bids: [] }
  const made = { id: ++lastOrder, by: caller.id, price, amount }
  const others = book[item][side === 'asks' ? 'bids' : 'asks']
  const suits = (other) => (side === 'asks' ? other.price >= price : other.price <= price)
  const trades = []
  while (made.amount > 0 && others.length > 0 && suits(others[0])) {
    const [best] = others
    const traded = Math.min(best.amount, made.amount)
    const [seller, buyer] = side === 'asks' ? [caller.id, best.by] : [best.by, caller.id]
    trades.push({ id: ++lastTrade, item, seller, buyer, price: best.price, amount: traded })
    await state.writeFile(`/trades/${lastTrade}`, JSON.stringify(trades.at(-1)))
    made.amount -= traded
    best.amount -= traded
    if (best.amount === 0) others.shift()
  }
  if (made.amount > 0) book[item][side].push(made)
  book[item][side].sort((a, b) => (side === 'asks' ? a.price - b.price : b.price - a.price) || a.id - b.id)
  return { id: made.id, trades, open: made.amount }
}
