/** What an examination of a folder can find. Codes never change meaning. */

/** What a {@link Diagnosis} is about. */
export type DiagnosisCode =
  | 'not-a-database'
  | 'half-created'
  | 'format-unknown'
  | 'file-damaged'
  | 'file-unreadable'
  | 'disk-full'
  | 'in-use'
  | 'copied'
  | 'key-missing'
  | 'key-open'
  | 'journal-ahead'
  | 'journal-torn'
  | 'journal-lost'
  | 'log-behind'
  | 'log-contradicts-journal'
  | 'log-unreadable'
  | 'blocks-missing'
  | 'fraud'
  | 'suspect'
  | 'no-peer'

/** One thing that was found. */
export interface Diagnosis {
  readonly code: DiagnosisCode
  /** `note`: as it should be, or mended by the next command by itself. `problem`: somebody has to do something. */
  readonly level: 'note' | 'problem'
  readonly message: string
  /** What to do. */
  readonly advice: string
  /** Plain data about the case. */
  readonly details: Readonly<Record<string, unknown>>
}

/** A log that this folder writes, or would write. */
export interface LogState {
  readonly log: 'index' | 'oplog'
  /** Hex. */
  readonly key: string
  /** Public key of its owner, hex. */
  readonly signer: string
  /** Blocks in the log; null where it was not looked at. */
  readonly length: number | null
  /** Length of the last head in its journal; null without a journal. */
  readonly journalled: number | null
  /** The longest length that connected peers have; null where none was asked. */
  readonly atPeers: number | null
}

/** What a folder is and what to do about it. */
export interface Examination {
  readonly folder: string
  /** `ready`: it can be used; notes are mended by that. `problem`: see the diagnoses. `none`: no database is there. */
  readonly state: 'ready' | 'problem' | 'none'
  /** Key of the database, hex; null where it is not known. */
  readonly key: string | null
  /** `executor` where the folder was made for executing. */
  readonly role: 'executor' | 'copy' | null
  readonly logs: readonly LogState[]
  readonly diagnoses: readonly Diagnosis[]
}

/** Collects what is found. */
export class Diagnoses {
  readonly list: Diagnosis[] = []

  note(code: DiagnosisCode, message: string, advice: string, details: Diagnosis['details'] = {}): void {
    this.list.push({ code, level: 'note', message, advice, details })
  }

  problem(code: DiagnosisCode, message: string, advice: string, details: Diagnosis['details'] = {}): void {
    this.list.push({ code, level: 'problem', message, advice, details })
  }

  get hasProblem(): boolean {
    return this.list.some(({ level }) => level === 'problem')
  }
}
