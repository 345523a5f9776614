/** The state of a script at its versions: told from that of other contracts. */
import { readScript } from '@vitra/contract-sdk/script'
import { type IndexSnapshot, SOURCE_PATH, sameBytes } from '@vitra/log'
import type { DatabaseCore } from '../database-core.js'
import { DatabaseError } from '../errors.js'

export class ScriptVersions {
  readonly #core: DatabaseCore
  /** The source that was met last. */
  #known: { readonly bytes: Uint8Array; readonly isScript: boolean } | null = null

  constructor(core: DatabaseCore) {
    this.#core = core
  }

  /**
   * Reads the state; `work` sees one version.
   *
   * @param version the newest where none is given
   * @throws {DatabaseError} `NOT_A_SCRIPT`; {@link LogError} `NOT_A_BATCH_END`, `BLOCK_MISSING`
   */
  read<T>(
    work: (snapshot: IndexSnapshot) => Promise<T>,
    version: number | undefined = undefined,
  ): Promise<T> {
    const { index } = this.#core
    const checked = async (snapshot: IndexSnapshot): Promise<T> => {
      await this.#assertScript(snapshot)
      return work(snapshot)
    }
    return this.#core.use(async () =>
      version === undefined ? index.read(checked) : checked(await index.at(version)),
    )
  }

  /** Does work of an open database. */
  use<T>(work: () => Promise<T>): Promise<T> {
    return this.#core.use(work)
  }

  async #assertScript(snapshot: IndexSnapshot): Promise<void> {
    const bytes = (await snapshot.read(SOURCE_PATH)) ?? new Uint8Array()
    if (this.#known === null || !sameBytes(this.#known.bytes, bytes))
      this.#known = { bytes, isScript: readScript(await snapshot.contractSource()) !== null }
    if (this.#known.isScript) return
    throw new DatabaseError(
      'NOT_A_SCRIPT',
      'the contract is no script, and so keeps no files: read its entries with db.index',
    )
  }
}
