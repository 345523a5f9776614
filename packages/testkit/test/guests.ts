/** Guests that live as long as a test file, for files that open a database for each of many tests. */
import { OP_MS, Sandbox } from '@vitra/sandbox'
import { afterAll, beforeAll } from 'vitest'

/**
 * Databases opened with the default limits share these guests, and so do the second looks of their audits (`Engines` in
 * packages/vitra): no test waits until one has started.
 */
export function useGuests(): void {
  const open: Sandbox[] = []
  beforeAll(async () => {
    const own = await Sandbox.open()
    open.push(own, await Sandbox.open({ engine: own.engine, engines: {}, opMs: 2 * OP_MS }))
  })
  afterAll(() => Promise.all(open.map((sandbox) => sandbox.close())))
}
