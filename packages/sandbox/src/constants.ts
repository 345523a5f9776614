/**
 * Sizes and times of the sandbox. Outcomes depend on none of them but the first two, which are part
 * of the parser's version in `rules`.
 */

/**
 * Deepest nesting of a contract's syntax tree, parentheses included. The pinned parser recurses, and how far
 * it gets depends on the machine, from about 600 levels up: this limit comes first.
 */
export const SOURCE_DEPTH_MAX = 256
/** Most binary operators that wait for their right side at one place of a source. Part of the parser's version as well. */
export const OPERATORS_MAX = 512

/** Longest that an op may keep the guest busy, in milliseconds; waiting for the host does not count. */
export const OP_MS = 5000
/** Longest that an op may take with all its questions to the host, in milliseconds: the host answers from its disk. */
export const OP_TOTAL_MS = 60_000
/** Longest that loading a contract may take, in milliseconds. */
export const LOAD_MS = 5000
/** Longest from starting a guest to its first word, in milliseconds; the machine may be busy. */
export const START_MS = 20_000
/** Heap of the contract's isolate, in megabytes. */
export const MEMORY_MB = 128
/** What a guest needs besides the contract's heap, in megabytes: Node itself and the buffers of large values. */
export const GUEST_EXTRA_MB = 384
/** What an isolate of V8 sets aside as data without using it, in megabytes, from {@link RESERVING_NODE} on. */
export const ISOLATE_RESERVED_MB = 520
/** Major version of Node. */
export const RESERVING_NODE = 24
/** Stack of a guest's threads, in kilobytes. */
export const GUEST_STACK_KB = 16_384
/** Where V8 stops contracts, in kilobytes of stack: `depthMax` levels take less than half of it. */
export const CONTRACT_STACK_KB = 14_000
/** Most descriptors that a guest may hold; Node takes about twenty. */
export const GUEST_DESCRIPTORS_MAX = 64
/** The guest's own stop comes this much after the host's, in milliseconds: it matters only without a host. */
export const ORPHAN_GRACE_MS = 2000
/** Most guests that live at a time for the sandboxes with one set of settings; each takes about 60 MB. */
export const GUESTS_MAX = 4
/** How long a contract waits for a guest that is busy with another one before it goes elsewhere, in milliseconds. */
export const PATIENCE_MS = 10
/** A spare guest is started this long after the last one was taken, in milliseconds: not while a database opens and is first used. */
export const SPARE_DELAY_MS = 2000
/** Guests beyond the first and the spare end when they were idle for this long, in milliseconds. */
export const GUEST_IDLE_MS = 30_000
/** A contract after which more than this part of a guest's heap is in use is unloaded before another one runs. */
export const LEFT_HEAP_PART = 0.25
/** How far the guests of contracts that misbehaved stand behind in the system's scheduling. */
export const CONFINED_NICE = 10
/** A run that its caller ends after this long, in milliseconds, counts as one that would not end. */
export const ABORTED_RUN_MS = 200
/** A contract that has its guest ended this often within {@link KILLS_WINDOW_MS} is refused; two for each attempt at an op. */
export const CONTRACT_KILLS_MAX = 6
/** In milliseconds. */
export const KILLS_WINDOW_MS = 300_000
/** How long a contract is refused the first time, in milliseconds; twice as long each time after. */
export const REFUSAL_MS = 30_000
/** Longest refusal, in milliseconds, and how long after it a contract begins with a clean slate. */
export const REFUSAL_MS_MAX = 600_000
/** Most contracts whose misbehaviour is remembered. */
export const MISBEHAVED_CONTRACTS_MAX = 10_000
/** Most contracts that a guest holds ready; the one unused longest goes first. */
export const LOADED_CONTRACTS_MAX = 16
/** Longest text taken from a contract's console or an error of a method, in UTF-16 code units. */
export const TEXT_UNITS_MAX = 8192
/** Most that one op may read of the state, in bytes, the same read counted once: the host keeps it until the op ends. */
export const OP_READ_BYTES_MAX = 128 * 1024 * 1024
/** What the host keeps of a read besides its path and value, in bytes, about. */
export const READ_OVERHEAD_BYTES = 64

/** Most ops that one method call may emit. */
export const EMITS_MAX = 1000
