/** Every row of the report, in its order. */
import type { Row } from '../harness.js'
import type { Histories } from '../histories.js'
import type { Sizes } from '../sizes.js'
import { diskRows } from './disk.js'
import { durabilityRows } from './durability.js'
import { executedRows } from './executed.js'
import { fraudRows } from './fraud.js'
import { fuelRows } from './fuel.js'
import { growthRows } from './growth.js'
import { idleRows } from './idle.js'
import { isolationRow } from './isolation.js'
import { latencyRow } from './latency.js'
import { proofRows } from './proofs.js'
import { readsRow } from './reads.js'
import { replicationRows } from './replication.js'
import { sandboxRows } from './sandbox.js'
import { scriptRows } from './scripts.js'
import { createRow } from './start.js'
import { syncRow } from './sync.js'
import { verifiedRow } from './verified.js'

/** @param folder on the disk that is measured */
export function allRows(sizes: Sizes, histories: Histories, folder: string): Row[] {
  return [
    ...executedRows(sizes),
    latencyRow(sizes),
    ...scriptRows(sizes),
    ...durabilityRows(sizes),
    ...replicationRows(sizes),
    readsRow(sizes),
    verifiedRow(sizes),
    syncRow(sizes, histories),
    createRow(),
    ...diskRows(sizes),
    ...proofRows(sizes, folder),
    ...fraudRows(sizes),
    ...idleRows(sizes),
    ...sandboxRows(sizes),
    ...fuelRows(sizes),
    isolationRow(sizes),
    ...growthRows(sizes, histories),
  ]
}
