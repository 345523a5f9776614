/**
 * Iterators that go on in the place of a function which waits for them: `yield*` and `for await` (spec/6-determinism §7). Each of
 * their steps takes the depth of that function, since its frame is on the engine's stack as well.
 */
import { exhausted, meter } from './meter.js'

type Step = (value?: unknown) => unknown
type AnyIterator = { next: Step; return?: Step | null; throw?: Step | null }

const { apply, ownKeys } = Reflect
const { iterator: ITERATOR, asyncIterator: ASYNC_ITERATOR } = Symbol
const resolve = (value: unknown) => Promise.resolve(value)

/** Calls one step of an iterator, `levels` deeper. */
function deeper(inner: AnyIterator, step: Step, args: unknown[], levels: number): unknown {
  const entry = meter[1]!
  meter[1] = entry - levels
  if (meter[1] < 0) exhausted()
  try {
    return apply(step, inner, args)
  } finally {
    meter[1] = entry
  }
}

/** The iterator with every step counted; it has `return` and `throw` where the inner one has them. */
function counted(inner: AnyIterator, levels: number): AnyIterator {
  const { next } = inner
  const optional = (name: 'return' | 'throw') => {
    const step = inner[name]
    return step == null ? undefined : (...args: unknown[]) => deeper(inner, step, args, levels)
  }
  return {
    next: (...args) => deeper(inner, next, args, levels),
    get return() {
      return optional('return')
    },
    get throw() {
      return optional('throw')
    },
  } as AnyIterator
}

function iteratorOf(value: unknown, method: unknown): AnyIterator {
  return expectObject(apply(method as Step, value, [])) as AnyIterator
}

/** For `yield*` in a generator. */
export function delegate(value: Record<symbol, unknown>, levels: number): object {
  return { [ITERATOR]: () => counted(iteratorOf(value, value[ITERATOR]), levels) }
}

/** For `yield*` in an asynchronous generator, and for `for await`. */
export function delegateAsync(value: Record<symbol, unknown>, levels: number): object {
  return {
    [ASYNC_ITERATOR]: () => {
      const method = value[ASYNC_ITERATOR]
      if (method != null) return counted(iteratorOf(value, method), levels)
      return counted(awaited(iteratorOf(value, value[ITERATOR])), levels)
    },
  }
}

/** An iterator whose values are waited for. */
function awaited(inner: AnyIterator): AnyIterator {
  const { next } = inner
  const settle = (step: Step, args: unknown[]): Promise<unknown> => {
    try {
      const { value, done } = expectObject(apply(step, inner, args)) as { value: unknown; done: unknown }
      return resolve(value).then((settled) => ({ value: settled, done: Boolean(done) }))
    } catch (error) {
      return Promise.reject(error)
    }
  }
  const optional = (name: 'return' | 'throw') => {
    const step = inner[name]
    return step == null ? undefined : (...args: unknown[]) => settle(step, args)
  }
  return {
    next: (...args) => settle(next, args),
    get return() {
      return optional('return')
    },
    get throw() {
      return optional('throw')
    },
  } as AnyIterator
}

function expectObject(result: unknown): unknown {
  // Of what is no object the engine says so itself.
  if ((typeof result !== 'object' || result === null) && typeof result !== 'function')
    ownKeys(result as object)
  return result
}
