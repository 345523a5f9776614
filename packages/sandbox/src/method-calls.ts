/** The host's side of a method call (spec/4-execution §2): answers what the method reads. */
import { isContractReadable, type Value } from '@vitra/log/values'
import { asReply } from './apply-session.js'
import { protocolError } from './guest-process.js'
import { expectArray, expectListOptions, expectReadablePath, expectReadablePrefix } from './messages.js'
import { pack } from './pack.js'
import type { IndexView } from './view.js'

/** What a method may see of the machine that runs it. */
export interface MethodHost {
  /** One state, which never changes: what was read of it is not asked for again. Another one is another object. */
  readonly view: IndexView
  /** This participant's oplog; null where it has none. */
  readonly oplog: null | {
    readonly pubkey: Uint8Array
    /** How many blocks it has. */
    length(): Promise<number>
    /** Canonical bytes of the op at a position; null where there is none. */
    get(seq: number): Promise<Uint8Array | null>
  }
  /** True where this machine can emit ops. */
  readonly isWriter: boolean
}

/** The answer to one question of the guest. @throws {SandboxError} `GUEST_PROTOCOL` */
export async function answerMethod({ view, oplog }: MethodHost, question: Value): Promise<Uint8Array> {
  const [name, first, second] = expectArray(question, 'no question')
  switch (name) {
    case 'get':
      return pack(await view.get(expectReadablePath(first)))
    case 'list': {
      const items = await view.list(expectReadablePrefix(first), expectListOptions(second))
      return pack(asReply(items.filter(({ path }) => isContractReadable(path))))
    }
    case 'oplogLength':
      return pack(oplog === null ? 0 : await oplog.length())
    case 'oplogGet':
      if (!Number.isSafeInteger(first) || (first as number) < 0)
        throw protocolError('a position that is none')
      return pack(oplog === null ? null : await oplog.get(first as number))
    default:
      throw protocolError('a question that there is not')
  }
}
