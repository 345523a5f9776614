/** Guests that live as long as a test file, for files that open a database for each of many tests. */
import { OP_MS, Sandbox, type SandboxOptions } from '@vitra/sandbox'
import { afterAll, beforeAll } from 'vitest'

/**
 * Databases opened with these limits, the default ones unless told, share these guests: no test waits until one has started.
 *
 * @param secondLooks whether the second looks of their audits (`Engines` in packages/vitra) and those of checked proofs have
 *   theirs as well
 */
export function useGuests({
  secondLooks = true,
  ...limits
}: SandboxOptions & { secondLooks?: boolean } = {}): void {
  const open: Sandbox[] = []
  beforeAll(async () => {
    const own = await Sandbox.open(limits)
    open.push(own)
    if (!secondLooks) return
    const again = { engine: own.engine, engines: {} }
    open.push(...(await Promise.all([Sandbox.open({ ...again, opMs: 2 * OP_MS }), Sandbox.open(again)])))
  })
  afterAll(() => Promise.all(open.map((sandbox) => sandbox.close())))
}

let kept: Promise<Sandbox> | undefined

/** Starts guests for all databases with the default limits that this process opens, if there are none: they end with it. */
export async function keepGuests(): Promise<void> {
  kept ??= Sandbox.open()
  await kept
}
