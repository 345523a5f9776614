/**
 * A number that only goes up, kept in a file. What a script keeps in a variable that it does not export is gone with
 * the call, whatever machine ran it.
 */
const FILE = '/count'
let calls = 0

exports.init = () => state.writeFile(FILE, '0')

exports.increment = async (amount = 1) => {
  if (!Number.isSafeInteger(amount) || amount < 1)
    throw new RangeError('the counter only goes up, by whole numbers')
  const count = (await exports.get()) + amount
  await state.writeFile(FILE, String(count))
  return { count, calls: ++calls } // always 1
}

exports.get = async () => Number(await state.readFile(FILE, 'utf8'))
