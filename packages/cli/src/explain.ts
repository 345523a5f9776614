/** Errors as people and scripts are told them: what happened, a stable code, and the next command to try. */
import { type CodePlace, placeText } from './code-place.js'
import { CliError } from './errors.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { tameLine } from './output/text.js'

export interface Problem {
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly details: Readonly<Record<string, unknown>>
  readonly exit: ExitCode
  readonly stack: string | undefined
}

export function explain(thrown: unknown): Problem {
  const error = ofSystem(thrown)
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  if (error instanceof CliError) {
    const { code, hint, details, exit } = error
    return { code, message, details, exit, stack, ...(hint === undefined ? {} : { hint }) }
  }
  const { code: given, details = {} } = (error ?? {}) as { code?: unknown; details?: Problem['details'] }
  const code = typeof given === 'string' ? given : 'UNEXPECTED'
  const hint =
    code === 'UNEXPECTED' ? UNEXPECTED_HINT : code === CALL_FAILED ? ofCall(details) : hintOf(code, details)
  const exit = EXITS[code] ?? EXIT.failed
  return { code, message, details, exit, stack, ...(hint === undefined ? {} : { hint }) }
}

function hintOf(code: string, { txId }: Problem['details']): string | undefined {
  return HINTS[code]?.replace(TX_ID, typeof txId === 'string' ? txId : TX_ID)
}

/** In hints, the call that an error is about. */
const TX_ID = '<id>'
const CALL_FAILED = 'CALL_FAILED'

/** What a script threw besides its message, and where. */
function ofCall(details: Problem['details']): string {
  const { errorName, reason, place, txId } = details as CallDetails
  const name = errorName === undefined || errorName === 'Error' ? [] : [tameLine(errorName)]
  const code = reason === undefined ? [] : [`code ${tameLine(reason)}`]
  const where = place === undefined ? [] : [`thrown at ${placeText(place, ' of the script')}`]
  const what = [...name, ...code, ...where].join(', ')
  const next =
    txId === undefined
      ? 'nothing was changed'
      : `nothing was changed; see the op with \`vitra tx show ${txId}\`, the script with \`vitra source\``
  return what === '' ? next : `${what}\n${next}`
}

interface CallDetails {
  readonly errorName?: string
  readonly reason?: string
  readonly place?: CodePlace
  readonly txId?: string
}

/** What the system says of a file, in the words of this program. */
function ofSystem(thrown: unknown): unknown {
  const { code, path, syscall } = (thrown ?? {}) as { code?: unknown; path?: unknown; syscall?: unknown }
  if (!(thrown instanceof Error) || typeof path !== 'string') return thrown
  const isNoPlace = code === 'ENOENT' && syscall === 'mkdir'
  const why = isNoPlace ? NO_PLACE : WHY_UNWRITABLE[String(code)]
  if (why !== undefined) {
    const [text, hint] = why
    return new CliError('FILE_UNWRITABLE', `${path} cannot be written: ${text}`, { hint, cause: thrown })
  }
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return thrown
  return Object.assign(new Error(`the disk of ${path} is full`, { cause: thrown }), { code: 'STORAGE_FULL' })
}

const AS_OWNER = 'run this as the user that owns it, or name another place'
/** As in /proc: there is a folder, and the system makes none in it. */
const NO_PLACE = ['no folder can be made there', 'name another place'] as const
const WHY_UNWRITABLE: Readonly<Record<string, readonly [text: string, hint: string]>> = {
  EACCES: ['permission denied', AS_OWNER],
  EPERM: ['permission denied', AS_OWNER],
  EROFS: ['its file system is mounted for reading only', 'mount it for writing, or name another place'],
}

const UNEXPECTED_HINT =
  'this is a mistake of the program: run it again with --debug and report what it prints'

/** The library's codes that are more than a failure. */
const EXITS: Readonly<Record<string, ExitCode>> = {
  KEY_INVALID: EXIT.usage,
  PATH_INVALID: EXIT.usage,
  LIST_OPTIONS_INVALID: EXIT.usage,
  CONTRACT_FRAUD: EXIT.fraud,
  CONTRACT_VIOLATED: EXIT.fraud,
  AUDIT_INCONCLUSIVE: EXIT.inconclusive,
}

const MEND_SCRIPT = 'mend the script and run this again'

/** The next command to try, by the library's code. */
const HINTS: Readonly<Record<string, string>> = {
  DATABASE_NOT_FOUND:
    'make one with `vitra init <contract.js>`, copy one with `vitra load <key>`, or name one with --dir',
  DATABASE_EXISTS: 'look at it with `vitra info`, or make the new one elsewhere with --dir <folder>',
  FOLDER_NOT_EMPTY: 'name an empty folder with --dir <folder>',
  DATABASE_LOCKED: 'end the program that has it open, then run this again',
  WRONG_KEY: 'name another folder with --dir <folder>',
  KEY_INVALID: 'a public key is 64 hex digits, as `vitra info` and `vitra join` print it',
  NOT_A_PARTICIPANT: 'run `vitra join`: it tells how this copy becomes a participant',
  METHOD_NOT_FOUND: 'see what there is with `vitra methods`',
  PARAMS_INVALID: 'see `vitra call --help` for how parameters are written',
  CONTRACT_ERROR: 'see the method with `vitra source`, and what it takes with `vitra methods`',
  CONTRACT_SYNTAX: 'mend the contract and run this again',
  CONTRACT_LOAD: 'mend the contract and run this again',
  BACKUP_INVALID: 'name a backup that `vitra export` has written, and that came here whole',
  BUILD_FILE: 'name the file of a contract, or of a test',
  BUILD_IMPORT: 'mend the imports and run this again; what a contract can have: `vitra build --help`',
  BUILD_SYNTAX: 'mend what it names and run this again',
  SCRIPT_EXPORT: MEND_SCRIPT,
  SCRIPT_IMPORT: MEND_SCRIPT,
  SCRIPT_NAME: MEND_SCRIPT,
  SCRIPT_SYNTAX: MEND_SCRIPT,
  CONTRACT_NO_APPLY: 'a contract exports `apply`; mend it and run this again',
  CONTRACT_VIOLATED:
    'see the violation with `vitra fraud show`; what it has is still read with `vitra get` and `vitra list`',
  OP_REJECTED: `nothing was changed; see the op with \`vitra tx show ${TX_ID}\`, the rules with \`vitra source\``,
  CONTRACT_REFUSED:
    'the contract had its process ended again and again: see what it does with `vitra source`',
  GUEST_NOT_STARTED: 'see that this machine has memory and processes left, then run this again',
  NOT_A_BATCH_END:
    'versions are those that other commands tell; past ones: one more than a block of `vitra history --path /.sys/batch`',
  NOT_A_SCRIPT:
    'see what it can be called with: `vitra methods`; read what it keeps with `vitra get` and `vitra list`',
  SYNC_TIMEOUT:
    'see that somebody keeps the database online with `vitra host`, or wait longer with --timeout',
  INDEX_EMPTY: 'fetch it while a peer is online: `vitra sync`',
  BLOCK_MISSING: 'fetch what is missing: run this again with --sync while a peer is online',
  PATH_INVALID: 'see the paths there are with `vitra list`',
  LOG_UNSURE: 'see what is lost with `vitra doctor`, and run this again while a peer is online',
  LOG_BEHIND: 'run this again while a peer that has the rest is online; `vitra doctor --peers` says how far',
  LOG_CONTRADICTS_JOURNAL: 'see which log with `vitra doctor`',
  DATABASE_COPIED: 'see what that means with `vitra doctor`',
  DATABASE_DAMAGED: 'see what is damaged with `vitra doctor`',
  STORAGE_FAILED: 'see what state the folder is in with `vitra doctor`',
  JOURNAL_BROKEN: 'see that the disk has room with `vitra doctor`, then run this again',
  STORAGE_FULL: 'make room on that disk, then run this again',
  JOURNAL_FAILED: 'see that the disk has room with `vitra doctor`, then run this again',
  ENGINE_MISSING: 'install vitra again, with a C++ toolchain on Node 20',
}
