/** Copies what a sandbox starts with: the contract and the state, without anything of the system's. */
import { type Change, childRange, type IndexSnapshot, isSystemPath, keyToPath } from '@vitra/log'

export async function copyState(snapshot: IndexSnapshot): Promise<{ source: string; entries: Change[] }> {
  const entries: Change[] = []
  const { lt } = childRange('/')
  let { gte } = childRange('/')
  for (;;) {
    const found = await snapshot.source.first({ gte, lt }, false)
    if (found === null) return { source: await snapshot.contractSource(), entries }
    const path = keyToPath(found.key)
    if (!isSystemPath(path)) entries.push({ path, value: found.value })
    gte = new Uint8Array(found.key.length + 1)
    gte.set(found.key)
  }
}
