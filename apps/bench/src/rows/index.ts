/** Every row of the report, in its order. */
import type { Row } from '../harness.js'
import type { Sizes } from '../sizes.js'
import { diskRow } from './disk.js'
import { durabilityRows } from './durability.js'
import { executedRows } from './executed.js'
import { fraudRows } from './fraud.js'
import { fuelRows } from './fuel.js'
import { isolationRow } from './isolation.js'
import { latencyRow } from './latency.js'
import { proofRows } from './proofs.js'
import { readsRow } from './reads.js'
import { replicationRows } from './replication.js'
import { sandboxRows } from './sandbox.js'
import { createRow, restartRow } from './start.js'
import { verifiedRow } from './verified.js'

/** @param folder on the disk that is measured */
export function allRows(sizes: Sizes, folder: string): Row[] {
  return [
    ...executedRows(sizes),
    verifiedRow(sizes),
    ...fraudRows(sizes),
    latencyRow(sizes),
    ...durabilityRows(sizes),
    readsRow(sizes),
    createRow(),
    ...sizes.histories.map((ops) => restartRow(ops, folder)),
    ...replicationRows(sizes),
    diskRow(sizes),
    ...proofRows(sizes, folder),
    ...sandboxRows(sizes),
    ...fuelRows(sizes),
    isolationRow(sizes),
  ]
}
