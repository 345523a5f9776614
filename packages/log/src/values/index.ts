/** `@vitra/log/values`: the value model, paths and listings, free of Node and of native modules. */
export * from '../constants.js'
export {
  FormatError,
  type FormatErrorCode,
  PathError,
  ValueError,
  type ValueErrorCode,
  VitraError,
  type VitraErrorOptions,
} from '../errors.js'
export { decodeValue } from './cbor-decode.js'
export { encodeValue } from './cbor-encode.js'
export { GrowingRoom } from './growing-room.js'
export * from './listing.js'
export { copyOf, roomOf } from './natives.js'
export * from './overlay.js'
export * from './path.js'
export { bytesLength, isBytes } from './shape.js'
export { decodeUtf8, encodeUtf8, utf8Length, writeUtf8 } from './utf8.js'
export * from './value.js'
