/**
 * Built-ins of the engine, kept as they are when this package is loaded: a sandbox realm puts metered ones in their
 * place before it lets a contract in, and what works for the contract must neither pay nor wait for them.
 */

export const { fromCharCode } = String
export const { isView } = ArrayBuffer
export const { apply } = Reflect
export const { keys, getOwnPropertyNames, getOwnPropertySymbols } = Object
export const { stringify } = JSON
export const Bytes = Uint8Array
const { setPrototypeOf } = Object
const sliceOf = unbound(Bytes.prototype.slice)
const setIn = unbound(Bytes.prototype.set)

/** Memory to write into, without the methods of bytes. */
export type Room = Pick<Uint8Array<ArrayBuffer>, number>

/**
 * Memory for bytes. It has no prototype: V8 under Node 20 does not compile stores into arrays whose prototypes are frozen, and
 * each then takes 40 times as long.
 */
export function makeRoom(size: number): Room {
  return setPrototypeOf(new Bytes(size), null) as Room
}

/** The memory of bytes as a room: nothing that is done with it depends on what kind of object they are. */
export function roomOf({ buffer, byteOffset, length }: Uint8Array): Room {
  return setPrototypeOf(new Bytes(buffer as ArrayBuffer, byteOffset, length), null) as Room
}

/** Puts bytes where they fit. */
export function putInto(room: Room, bytes: Uint8Array | Room, at: number): void {
  setIn(room as Uint8Array, bytes as Uint8Array, at)
}

/** A copy of a part of a room, in memory of its own. */
export function copyOf(room: Room, from: number, to: number): Uint8Array<ArrayBuffer> {
  return sliceOf(room as Uint8Array<ArrayBuffer>, from, to)
}

/** A method as a function of its receiver. */
function unbound<T, A extends unknown[], R>(
  method: (this: T, ...given: A) => R,
): (receiver: T, ...given: A) => R {
  return Function.prototype.call.bind(method) as never
}

/** Adds an item at the end. */
export const push = unbound(Array.prototype.push)
/** Sorts in place. */
export const sort = unbound(Array.prototype.sort)
