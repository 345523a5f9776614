/**
 * Canonical protobuf (spec/2-index §1): the decoder is lenient about truncation, unknown fields and
 * non-minimal varints, so every message is encoded again and compared before it is believed.
 */
import { FormatError } from '../errors.js'
import { sameBytes } from '../values/value.js'

/** A compiled message of `messages.proto`. */
export interface MessageType<Input, Output extends Input> {
  /** Bytes of a message. */
  encode(message: Input): Uint8Array
  /** The message that bytes hold, checked by nothing. */
  decode(bytes: Uint8Array): Output
}

/**
 * Decodes a message and refuses every encoding of it but the canonical one.
 *
 * @throws {FormatError} `FORMAT_INVALID`
 */
export function decodeCanonical<Input, Output extends Input>(
  type: MessageType<Input, Output>,
  bytes: Uint8Array,
  what: string,
): Output {
  // Decoded byte fields alias the input: a private copy keeps them from changing later.
  const copy = new Uint8Array(bytes)
  let message: Output
  let again: Uint8Array
  try {
    message = type.decode(copy)
    again = type.encode(message)
  } catch (cause) {
    throw new FormatError('FORMAT_INVALID', `${what}: the bytes cannot be decoded`, { cause })
  }
  if (!sameBytes(again, bytes))
    throw new FormatError('FORMAT_INVALID', `${what}: the bytes are not canonical`)
  return message
}

/** Encodes a message into bytes of its own, outside any pooled buffer. */
export function encodeMessage<Input, Output extends Input>(
  type: MessageType<Input, Output>,
  message: Input,
): Uint8Array {
  return new Uint8Array(type.encode(message))
}

/** @throws {FormatError} `VERSION_UNKNOWN` */
export function expectVersion(found: number, known: number, what: string): void {
  if (found === known) return
  throw new FormatError(
    'VERSION_UNKNOWN',
    `${what}: version ${found} is not known here, use a newer version of Vitra`,
    {
      details: { found, known },
    },
  )
}

/** @throws {FormatError} `FORMAT_INVALID` */
export function expectBytes(bytes: Uint8Array, length: number, what: string): Uint8Array {
  if (bytes.length !== length)
    throw new FormatError('FORMAT_INVALID', `${what} takes ${length} bytes, found ${bytes.length}`)
  return bytes
}
