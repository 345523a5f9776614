// Dishonest histories, each with what its executor is guilty of. All lies are told in the second batch but where it says
// otherwise.
import { changeLies } from './lies-changes.mjs'
import { executionLies } from './lies-execution.mjs'
import { genesisLies } from './lies-genesis.mjs'
import { orderLies } from './lies-order.mjs'
import { recordLies, runLies } from './lies-records.mjs'

/** `[comment, code, tell, where, takes]`: `tell` changes the batches, or gives hooks of `publish`. */
export function lies(api, database) {
  return [
    ...genesisLies(api),
    ...recordLies(api),
    ...runLies(api),
    ...orderLies(api, database),
    ...changeLies(api, database),
    ...executionLies(api),
  ]
}
