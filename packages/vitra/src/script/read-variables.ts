/** The exported variables of a script, as they are kept (spec/10-scripts §2). */
import { EXPORTS_PATH } from '@vitra/contract-sdk/script'
import { decodeValue, type IndexSnapshot, type Value } from '@vitra/log'

/** The variables of one version by their names. */
export async function readVariables(snapshot: IndexSnapshot): Promise<Record<string, Value>> {
  const kept = (await snapshot.list(EXPORTS_PATH)).filter(({ value }) => value !== null)
  return Object.fromEntries(kept.map(({ name, value }) => [name, decodeValue(value!)]))
}
