// The walk over everything within reach of an op: every property, prototype and accessor of everything that it is given
// or can make.

/** What the walk has to import. */
export const IMPORTS =
  "import { index, oplog, listOplogs } from 'contract'; import * as assert from 'assert'; import * as util from 'util'"

/** Gives `seen`, every object within reach of an op. */
export const WALK = `const seen = new Set()
  const look = (value) => {
    const open = [value]
    while (open.length > 0) {
      const object = open.pop()
      if ((typeof object !== 'object' && typeof object !== 'function') || object === null || seen.has(object)) continue
      seen.add(object)
      open.push(Object.getPrototypeOf(object))
      for (const key of Reflect.ownKeys(object)) {
        const own = Reflect.getOwnPropertyDescriptor(object, key)
        open.push(own.value, own.get, own.set)
        if (own.get) { try { open.push(Reflect.apply(own.get, object, [])) } catch (error) { open.push(error) } }
      }
    }
  }
  const thrown = async (run) => { try { look(await run()) } catch (error) { look(error) } }
  look([globalThis, tx, op, ack, index, oplog, listOplogs, assert, util, import.meta])
  look([async () => {}, function * () {}, async function * () {}, (function * () {})(), (async function * () {})(), class {}])
  look((function () { return arguments })())
  look([[][Symbol.iterator](), new Map().entries(), new Set().values(), ''[Symbol.iterator](), 'a'.matchAll(/a/g), /a/, 1n, Symbol('a')])
  for (const run of [() => tx.put(1), () => tx.put('/a', () => {}), () => tx.get('x'), () => tx.list('/', 5), () => tx.addOplog(1),
    () => tx.removeOplog('00'.repeat(32)), () => tx.setContractSource(1), () => index.get('/.sys/batch'), () => index.list('/'),
    () => oplog.pubkey, () => oplog.getLength(), () => listOplogs(), () => assert.fail('x'), () => assert.throws(() => {}),
    () => assert.rejects(async () => {}), () => util.genUUID(), () => null.x, () => JSON.parse('{'), () => Function('x'),
    () => tx.get('/a'), () => tx.list('/'), () => console.log(1), () => new Proxy({}, null)]) await thrown(run)
  const all = [...seen]`
