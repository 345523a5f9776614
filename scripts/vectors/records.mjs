// spec/2-index and spec/3-oplog: oplog blocks, runs and batch records.
import { filled, hex, text } from './json.mjs'

export default function records(api) {
  return { envelopes: envelopes(api), runs: runs(api), batches: batches(api) }
}

/** Changes to good bytes that the lenient decoder of protobuf would take. */
function lenient(bytes) {
  return [
    ['bytes after the end', Uint8Array.of(...bytes, 0), 'FORMAT_INVALID'],
    ['an unknown field at the end', Uint8Array.of(...bytes, 0x78, 1), 'FORMAT_INVALID'],
    ['a version in two bytes', Uint8Array.of(8, 0x81, 0, ...bytes.slice(2)), 'FORMAT_INVALID'],
    ['the version twice', Uint8Array.of(8, 1, ...bytes), 'FORMAT_INVALID'],
    ['the version at the end', Uint8Array.of(...bytes.slice(2), 8, 1), 'FORMAT_INVALID'],
    ['no version', bytes.slice(2), 'FORMAT_INVALID'],
    ['a version of the future', Uint8Array.of(8, 2, ...bytes.slice(2)), 'VERSION_UNKNOWN'],
    ['the last byte missing', bytes.slice(0, -1), 'FORMAT_INVALID'],
    ['nothing', new Uint8Array(), 'FORMAT_INVALID'],
  ]
}

const named = ([comment, bytes, reason]) => ({ comment, bytes, reason })

function envelopes(api) {
  const op = { op: 'INCREMENT', amount: 2 }
  const block = api.encodeOp(op)
  return {
    spec: 'spec/3-oplog §1, §3',
    ops: [
      { comment: 'an op', value: op, bytes: block },
      { comment: 'an op that is null', value: null, bytes: api.encodeOp(null) },
      {
        comment: 'an op that is bytes',
        value: Uint8Array.of(0, 255),
        bytes: api.encodeOp(Uint8Array.of(0, 255)),
      },
    ],
    echoes: [
      { comment: 'an echo', length: 1200, treeHash: filled(7), bytes: api.encodeEcho(1200, filled(7)) },
      {
        comment: 'an echo of the longest log',
        length: Number.MAX_SAFE_INTEGER,
        treeHash: filled(7),
        bytes: api.encodeEcho(Number.MAX_SAFE_INTEGER, filled(7)),
      },
    ],
    invalid: [
      ...lenient(block),
      ['type 0', Uint8Array.of(8, 1, 16, 0, ...block.slice(4)), 'TYPE_UNKNOWN'],
      ['type 3', Uint8Array.of(8, 1, 16, 3, ...block.slice(4)), 'TYPE_UNKNOWN'],
      ['an op with no value', hex('0801 1001 1a00'), 'VALUE_BYTES_INVALID'],
      ['an op whose value has another form', hex('0801 1001 1a02 1801'), 'VALUE_BYTES_INVALID'],
      ['an op whose value is undefined', hex('0801 1001 1a01 f7'), 'VALUE_BYTES_INVALID'],
      ['an op as JSON', text('{"op":"INCREMENT"}'), 'FORMAT_INVALID'],
      ['an echo with a short tree hash', api.encodeEcho(1, new Uint8Array(31)), 'FORMAT_INVALID'],
      ['an echo that holds an op', Uint8Array.of(8, 1, 16, 2, ...block.slice(4)), 'FORMAT_INVALID'],
    ].map(named),
  }
}

function runs(api) {
  const head = { length: 9, treeHash: filled(3), signature: new Uint8Array(64).fill(4) }
  const ok = { kind: 'ok', ts: 1_700_000_000_000, numChanges: 2, fuel: 0 }
  const encode = (outcomes, prevRun = 0) => api.encodeRun({ head, prevRun, outcomes })
  const one = encode([ok])
  const valid = (comment, outcomes, prevRun = 0) => {
    const run = { head, prevRun, outcomes }
    return { comment, run, bytes: api.encodeRun(run) }
  }
  const failures = api.FAILURE_CODES.map((code) => ({ ...ok, numChanges: 0, kind: 'failed', code }))
  return {
    spec: 'spec/2-index §5, §6',
    valid: [
      valid('an op that went well', [ok]),
      valid('a second run of its oplog', [ok], 77),
      valid('an op with a return value and metadata', [
        { ...ok, value: api.encodeValue({ balance: 3 }), metadata: api.encodeValue([1, 2]) },
      ]),
      valid('every failure code', failures),
      valid('a failure with the words of the contract', [
        { ...failures[0], message: 'not enough: 3 < 5 — ü' },
      ]),
      valid('blocks that are not executed', [
        { ...ok, numChanges: 0, kind: 'undecodable' },
        { ...ok, numChanges: 0, kind: 'too-large' },
        { ...ok, numChanges: 0, kind: 'echo' },
      ]),
      valid('fuel', [{ ...ok, fuel: 123_456_789_012 }]),
    ],
    invalid: [
      ...lenient(one),
      ['no outcome', encode([]), 'FORMAT_INVALID'],
      ['a kind beyond the list', replaceTail(one, '08001080', '08051080'), 'FORMAT_INVALID'],
      ['a failure without a code', encode([{ ...ok, kind: 'failed' }]), 'FORMAT_INVALID'],
      ['a failure with an empty code', encode([{ ...ok, kind: 'failed', code: '' }]), 'FORMAT_INVALID'],
      [
        'a failure with a code of its own',
        encode([{ ...ok, kind: 'failed', code: 'bad-luck' }]),
        'FORMAT_INVALID',
      ],
      ['a code with an op that went well', encode([{ ...ok, code: 'contract' }]), 'FORMAT_INVALID'],
      ['a message with an op that went well', encode([{ ...ok, message: 'fine' }]), 'FORMAT_INVALID'],
      ['a return value that is none', encode([{ ...ok, value: hex('f7') }]), 'VALUE_BYTES_INVALID'],
      ['an empty return value', encode([{ ...ok, value: new Uint8Array() }]), 'VALUE_BYTES_INVALID'],
      ['metadata in another form', encode([{ ...ok, metadata: hex('1800') }]), 'VALUE_BYTES_INVALID'],
      [
        'a head with a short tree hash',
        api.encodeRun({ head: { ...head, treeHash: new Uint8Array(31) }, prevRun: 0, outcomes: [ok] }),
        'FORMAT_INVALID',
      ],
      [
        'a head with a signature in its container',
        api.encodeRun({
          head: { ...head, signature: api.wrapSignature(head.signature) },
          prevRun: 0,
          outcomes: [ok],
        }),
        'FORMAT_INVALID',
      ],
    ].map(named),
    paths: [0, 1, 999_999_999_999_999].map((firstSeq) => ({
      comment: `the run that starts at block ${firstSeq}`,
      oplog: filled(0xab),
      firstSeq,
      path: api.runPath({ oplog: filled(0xab), firstSeq }),
    })),
  }
}

function replaceTail(bytes, from, to) {
  const text = Buffer.from(bytes).toString('hex')
  const at = text.lastIndexOf(from)
  if (at === -1) throw new Error(`${from} is not there`)
  return hex(text.slice(0, at) + to + text.slice(at + from.length))
}

function batches(api) {
  const genesis = {
    number: 0,
    prevEnd: 0,
    prevTreeHash: new Uint8Array(),
    prevSignature: new Uint8Array(),
    lastTs: 1_700_000_000_000,
    engine: 'v8-11.3',
    runs: 0,
    blocks: 6,
  }
  const later = {
    ...genesis,
    number: 1,
    prevEnd: 6,
    prevTreeHash: filled(1),
    prevSignature: new Uint8Array(64).fill(2),
    runs: 3,
    blocks: 1000,
  }
  const bytes = api.encodeBatch(later)
  const withEngine = (engine, comment) => {
    const record = { ...later, engine }
    return { comment, record, bytes: api.encodeBatch(record) }
  }
  return {
    spec: 'spec/2-index §7',
    valid: [
      { comment: 'genesis', record: genesis, bytes: api.encodeBatch(genesis) },
      { comment: 'a later batch', record: later, bytes },
      withEngine('v8-99999.0', 'an engine that no list has'),
    ],
    invalid: [
      ...lenient(bytes),
      ['genesis with a batch before it', api.encodeBatch({ ...later, number: 0 }), 'FORMAT_INVALID'],
      ['a later batch with nothing before it', api.encodeBatch({ ...genesis, number: 1 }), 'FORMAT_INVALID'],
      ['a later batch that begins at 0', api.encodeBatch({ ...later, prevEnd: 0 }), 'FORMAT_INVALID'],
      [
        'a short tree hash',
        api.encodeBatch({ ...later, prevTreeHash: new Uint8Array(31) }),
        'FORMAT_INVALID',
      ],
      ['no signature', api.encodeBatch({ ...later, prevSignature: new Uint8Array() }), 'FORMAT_INVALID'],
      ...[
        '',
        'v8',
        'v8-11',
        'v8-11.03',
        'v8-11.3.244',
        'v8-100000.0',
        'V8-11.3',
        'node-20.0',
        'v8-11.3\n',
      ].map((engine) => [
        `an engine called ${JSON.stringify(engine)}`,
        api.encodeBatch({ ...later, engine }),
        'FORMAT_INVALID',
      ]),
    ].map(named),
  }
}
