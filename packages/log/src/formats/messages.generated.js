// Generated from messages.proto by `npm run proto`. Do not edit.
import encodings from 'protocol-buffers-encodings'
var varint = encodings.varint
var skip = encodings.skip

export const OplogEnvelope = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const EchoBody = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const IndexBlock = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const SignedHead = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const OutcomeMessage = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const RunMessage = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const BatchMessage = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const GenesisMessage = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

defineOplogEnvelope()
defineEchoBody()
defineIndexBlock()
defineSignedHead()
defineOutcomeMessage()
defineRunMessage()
defineBatchMessage()
defineGenesisMessage()

function defineOplogEnvelope () {
  OplogEnvelope.encodingLength = encodingLength
  OplogEnvelope.encode = encode
  OplogEnvelope.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.version)) throw new Error("version is required")
    var len = encodings.varint.encodingLength(obj.version)
    length += 1 + len
    if (!defined(obj.type)) throw new Error("type is required")
    var len = encodings.varint.encodingLength(obj.type)
    length += 1 + len
    if (!defined(obj.body)) throw new Error("body is required")
    var len = encodings.bytes.encodingLength(obj.body)
    length += 1 + len
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (!defined(obj.version)) throw new Error("version is required")
    buf[offset++] = 8
    encodings.varint.encode(obj.version, buf, offset)
    offset += encodings.varint.encode.bytes
    if (!defined(obj.type)) throw new Error("type is required")
    buf[offset++] = 16
    encodings.varint.encode(obj.type, buf, offset)
    offset += encodings.varint.encode.bytes
    if (!defined(obj.body)) throw new Error("body is required")
    buf[offset++] = 26
    encodings.bytes.encode(obj.body, buf, offset)
    offset += encodings.bytes.encode.bytes
    encode.bytes = offset - oldOffset
    return buf
  }

  function decode (buf, offset, end) {
    if (!offset) offset = 0
    if (!end) end = buf.length
    if (!(end <= buf.length && offset <= buf.length)) throw new Error("Decoded message is not valid")
    var oldOffset = offset
    var obj = {
      version: null,
      type: null,
      body: null
    }
    var found0 = false
    var found1 = false
    var found2 = false
    while (true) {
      if (end <= offset) {
        if (!found0 || !found1 || !found2) throw new Error("Decoded message is not valid")
        decode.bytes = offset - oldOffset
        return obj
      }
      var prefix = varint.decode(buf, offset)
      offset += varint.decode.bytes
      var tag = prefix >> 3
      switch (tag) {
        case 1:
        obj.version = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found0 = true
        break
        case 2:
        obj.type = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found1 = true
        break
        case 3:
        obj.body = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found2 = true
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defineEchoBody () {
  EchoBody.encodingLength = encodingLength
  EchoBody.encode = encode
  EchoBody.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.length)) throw new Error("length is required")
    var len = encodings.varint.encodingLength(obj.length)
    length += 1 + len
    if (!defined(obj.treeHash)) throw new Error("treeHash is required")
    var len = encodings.bytes.encodingLength(obj.treeHash)
    length += 1 + len
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (!defined(obj.length)) throw new Error("length is required")
    buf[offset++] = 8
    encodings.varint.encode(obj.length, buf, offset)
    offset += encodings.varint.encode.bytes
    if (!defined(obj.treeHash)) throw new Error("treeHash is required")
    buf[offset++] = 18
    encodings.bytes.encode(obj.treeHash, buf, offset)
    offset += encodings.bytes.encode.bytes
    encode.bytes = offset - oldOffset
    return buf
  }

  function decode (buf, offset, end) {
    if (!offset) offset = 0
    if (!end) end = buf.length
    if (!(end <= buf.length && offset <= buf.length)) throw new Error("Decoded message is not valid")
    var oldOffset = offset
    var obj = {
      length: null,
      treeHash: null
    }
    var found0 = false
    var found1 = false
    while (true) {
      if (end <= offset) {
        if (!found0 || !found1) throw new Error("Decoded message is not valid")
        decode.bytes = offset - oldOffset
        return obj
      }
      var prefix = varint.decode(buf, offset)
      offset += varint.decode.bytes
      var tag = prefix >> 3
      switch (tag) {
        case 1:
        obj.length = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found0 = true
        break
        case 2:
        obj.treeHash = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found1 = true
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defineIndexBlock () {
  IndexBlock.encodingLength = encodingLength
  IndexBlock.encode = encode
  IndexBlock.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.tree)) throw new Error("tree is required")
    var len = encodings.bytes.encodingLength(obj.tree)
    length += 1 + len
    if (!defined(obj.key)) throw new Error("key is required")
    var len = encodings.bytes.encodingLength(obj.key)
    length += 1 + len
    if (defined(obj.value)) {
      var len = encodings.bytes.encodingLength(obj.value)
      length += 1 + len
    }
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (!defined(obj.tree)) throw new Error("tree is required")
    buf[offset++] = 10
    encodings.bytes.encode(obj.tree, buf, offset)
    offset += encodings.bytes.encode.bytes
    if (!defined(obj.key)) throw new Error("key is required")
    buf[offset++] = 18
    encodings.bytes.encode(obj.key, buf, offset)
    offset += encodings.bytes.encode.bytes
    if (defined(obj.value)) {
      buf[offset++] = 26
      encodings.bytes.encode(obj.value, buf, offset)
      offset += encodings.bytes.encode.bytes
    }
    encode.bytes = offset - oldOffset
    return buf
  }

  function decode (buf, offset, end) {
    if (!offset) offset = 0
    if (!end) end = buf.length
    if (!(end <= buf.length && offset <= buf.length)) throw new Error("Decoded message is not valid")
    var oldOffset = offset
    var obj = {
      tree: null,
      key: null,
      value: null
    }
    var found0 = false
    var found1 = false
    while (true) {
      if (end <= offset) {
        if (!found0 || !found1) throw new Error("Decoded message is not valid")
        decode.bytes = offset - oldOffset
        return obj
      }
      var prefix = varint.decode(buf, offset)
      offset += varint.decode.bytes
      var tag = prefix >> 3
      switch (tag) {
        case 1:
        obj.tree = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found0 = true
        break
        case 2:
        obj.key = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found1 = true
        break
        case 3:
        obj.value = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defineSignedHead () {
  SignedHead.encodingLength = encodingLength
  SignedHead.encode = encode
  SignedHead.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.length)) throw new Error("length is required")
    var len = encodings.varint.encodingLength(obj.length)
    length += 1 + len
    if (!defined(obj.treeHash)) throw new Error("treeHash is required")
    var len = encodings.bytes.encodingLength(obj.treeHash)
    length += 1 + len
    if (!defined(obj.signature)) throw new Error("signature is required")
    var len = encodings.bytes.encodingLength(obj.signature)
    length += 1 + len
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (!defined(obj.length)) throw new Error("length is required")
    buf[offset++] = 8
    encodings.varint.encode(obj.length, buf, offset)
    offset += encodings.varint.encode.bytes
    if (!defined(obj.treeHash)) throw new Error("treeHash is required")
    buf[offset++] = 18
    encodings.bytes.encode(obj.treeHash, buf, offset)
    offset += encodings.bytes.encode.bytes
    if (!defined(obj.signature)) throw new Error("signature is required")
    buf[offset++] = 26
    encodings.bytes.encode(obj.signature, buf, offset)
    offset += encodings.bytes.encode.bytes
    encode.bytes = offset - oldOffset
    return buf
  }

  function decode (buf, offset, end) {
    if (!offset) offset = 0
    if (!end) end = buf.length
    if (!(end <= buf.length && offset <= buf.length)) throw new Error("Decoded message is not valid")
    var oldOffset = offset
    var obj = {
      length: null,
      treeHash: null,
      signature: null
    }
    var found0 = false
    var found1 = false
    var found2 = false
    while (true) {
      if (end <= offset) {
        if (!found0 || !found1 || !found2) throw new Error("Decoded message is not valid")
        decode.bytes = offset - oldOffset
        return obj
      }
      var prefix = varint.decode(buf, offset)
      offset += varint.decode.bytes
      var tag = prefix >> 3
      switch (tag) {
        case 1:
        obj.length = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found0 = true
        break
        case 2:
        obj.treeHash = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found1 = true
        break
        case 3:
        obj.signature = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found2 = true
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defineOutcomeMessage () {
  OutcomeMessage.encodingLength = encodingLength
  OutcomeMessage.encode = encode
  OutcomeMessage.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.kind)) throw new Error("kind is required")
    var len = encodings.varint.encodingLength(obj.kind)
    length += 1 + len
    if (!defined(obj.ts)) throw new Error("ts is required")
    var len = encodings.varint.encodingLength(obj.ts)
    length += 1 + len
    if (!defined(obj.numChanges)) throw new Error("numChanges is required")
    var len = encodings.varint.encodingLength(obj.numChanges)
    length += 1 + len
    if (!defined(obj.fuel)) throw new Error("fuel is required")
    var len = encodings.varint.encodingLength(obj.fuel)
    length += 1 + len
    if (defined(obj.code)) {
      var len = encodings.string.encodingLength(obj.code)
      length += 1 + len
    }
    if (defined(obj.message)) {
      var len = encodings.string.encodingLength(obj.message)
      length += 1 + len
    }
    if (defined(obj.metadata)) {
      var len = encodings.bytes.encodingLength(obj.metadata)
      length += 1 + len
    }
    if (defined(obj.value)) {
      var len = encodings.bytes.encodingLength(obj.value)
      length += 1 + len
    }
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (!defined(obj.kind)) throw new Error("kind is required")
    buf[offset++] = 8
    encodings.varint.encode(obj.kind, buf, offset)
    offset += encodings.varint.encode.bytes
    if (!defined(obj.ts)) throw new Error("ts is required")
    buf[offset++] = 16
    encodings.varint.encode(obj.ts, buf, offset)
    offset += encodings.varint.encode.bytes
    if (!defined(obj.numChanges)) throw new Error("numChanges is required")
    buf[offset++] = 24
    encodings.varint.encode(obj.numChanges, buf, offset)
    offset += encodings.varint.encode.bytes
    if (!defined(obj.fuel)) throw new Error("fuel is required")
    buf[offset++] = 32
    encodings.varint.encode(obj.fuel, buf, offset)
    offset += encodings.varint.encode.bytes
    if (defined(obj.code)) {
      buf[offset++] = 42
      encodings.string.encode(obj.code, buf, offset)
      offset += encodings.string.encode.bytes
    }
    if (defined(obj.message)) {
      buf[offset++] = 50
      encodings.string.encode(obj.message, buf, offset)
      offset += encodings.string.encode.bytes
    }
    if (defined(obj.metadata)) {
      buf[offset++] = 58
      encodings.bytes.encode(obj.metadata, buf, offset)
      offset += encodings.bytes.encode.bytes
    }
    if (defined(obj.value)) {
      buf[offset++] = 66
      encodings.bytes.encode(obj.value, buf, offset)
      offset += encodings.bytes.encode.bytes
    }
    encode.bytes = offset - oldOffset
    return buf
  }

  function decode (buf, offset, end) {
    if (!offset) offset = 0
    if (!end) end = buf.length
    if (!(end <= buf.length && offset <= buf.length)) throw new Error("Decoded message is not valid")
    var oldOffset = offset
    var obj = {
      kind: null,
      ts: null,
      numChanges: null,
      fuel: null,
      code: null,
      message: null,
      metadata: null,
      value: null
    }
    var found0 = false
    var found1 = false
    var found2 = false
    var found3 = false
    while (true) {
      if (end <= offset) {
        if (!found0 || !found1 || !found2 || !found3) throw new Error("Decoded message is not valid")
        decode.bytes = offset - oldOffset
        return obj
      }
      var prefix = varint.decode(buf, offset)
      offset += varint.decode.bytes
      var tag = prefix >> 3
      switch (tag) {
        case 1:
        obj.kind = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found0 = true
        break
        case 2:
        obj.ts = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found1 = true
        break
        case 3:
        obj.numChanges = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found2 = true
        break
        case 4:
        obj.fuel = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found3 = true
        break
        case 5:
        obj.code = encodings.string.decode(buf, offset)
        offset += encodings.string.decode.bytes
        break
        case 6:
        obj.message = encodings.string.decode(buf, offset)
        offset += encodings.string.decode.bytes
        break
        case 7:
        obj.metadata = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        break
        case 8:
        obj.value = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defineRunMessage () {
  RunMessage.encodingLength = encodingLength
  RunMessage.encode = encode
  RunMessage.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.version)) throw new Error("version is required")
    var len = encodings.varint.encodingLength(obj.version)
    length += 1 + len
    if (!defined(obj.head)) throw new Error("head is required")
    var len = SignedHead.encodingLength(obj.head)
    length += varint.encodingLength(len)
    length += 1 + len
    if (!defined(obj.prevRun)) throw new Error("prevRun is required")
    var len = encodings.varint.encodingLength(obj.prevRun)
    length += 1 + len
    if (isList(obj.outcomes)) {
      for (var i = 0; i < obj.outcomes.length; i++) {
        if (!defined(obj.outcomes[i])) continue
        var len = OutcomeMessage.encodingLength(obj.outcomes[i])
        length += varint.encodingLength(len)
        length += 1 + len
      }
    }
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (!defined(obj.version)) throw new Error("version is required")
    buf[offset++] = 8
    encodings.varint.encode(obj.version, buf, offset)
    offset += encodings.varint.encode.bytes
    if (!defined(obj.head)) throw new Error("head is required")
    buf[offset++] = 18
    varint.encode(SignedHead.encodingLength(obj.head), buf, offset)
    offset += varint.encode.bytes
    SignedHead.encode(obj.head, buf, offset)
    offset += SignedHead.encode.bytes
    if (!defined(obj.prevRun)) throw new Error("prevRun is required")
    buf[offset++] = 24
    encodings.varint.encode(obj.prevRun, buf, offset)
    offset += encodings.varint.encode.bytes
    if (isList(obj.outcomes)) {
      for (var i = 0; i < obj.outcomes.length; i++) {
        if (!defined(obj.outcomes[i])) continue
        buf[offset++] = 34
        varint.encode(OutcomeMessage.encodingLength(obj.outcomes[i]), buf, offset)
        offset += varint.encode.bytes
        OutcomeMessage.encode(obj.outcomes[i], buf, offset)
        offset += OutcomeMessage.encode.bytes
      }
    }
    encode.bytes = offset - oldOffset
    return buf
  }

  function decode (buf, offset, end) {
    if (!offset) offset = 0
    if (!end) end = buf.length
    if (!(end <= buf.length && offset <= buf.length)) throw new Error("Decoded message is not valid")
    var oldOffset = offset
    var obj = {
      version: null,
      head: null,
      prevRun: null,
      outcomes: []
    }
    var found0 = false
    var found1 = false
    var found2 = false
    while (true) {
      if (end <= offset) {
        if (!found0 || !found1 || !found2) throw new Error("Decoded message is not valid")
        decode.bytes = offset - oldOffset
        return obj
      }
      var prefix = varint.decode(buf, offset)
      offset += varint.decode.bytes
      var tag = prefix >> 3
      switch (tag) {
        case 1:
        obj.version = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found0 = true
        break
        case 2:
        var len = varint.decode(buf, offset)
        offset += varint.decode.bytes
        obj.head = SignedHead.decode(buf, offset, offset + len)
        offset += SignedHead.decode.bytes
        found1 = true
        break
        case 3:
        obj.prevRun = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found2 = true
        break
        case 4:
        var len = varint.decode(buf, offset)
        offset += varint.decode.bytes
        obj.outcomes.push(OutcomeMessage.decode(buf, offset, offset + len))
        offset += OutcomeMessage.decode.bytes
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defineBatchMessage () {
  BatchMessage.encodingLength = encodingLength
  BatchMessage.encode = encode
  BatchMessage.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.version)) throw new Error("version is required")
    var len = encodings.varint.encodingLength(obj.version)
    length += 1 + len
    if (!defined(obj.number)) throw new Error("number is required")
    var len = encodings.varint.encodingLength(obj.number)
    length += 1 + len
    if (!defined(obj.prevEnd)) throw new Error("prevEnd is required")
    var len = encodings.varint.encodingLength(obj.prevEnd)
    length += 1 + len
    if (!defined(obj.prevTreeHash)) throw new Error("prevTreeHash is required")
    var len = encodings.bytes.encodingLength(obj.prevTreeHash)
    length += 1 + len
    if (!defined(obj.prevSignature)) throw new Error("prevSignature is required")
    var len = encodings.bytes.encodingLength(obj.prevSignature)
    length += 1 + len
    if (!defined(obj.lastTs)) throw new Error("lastTs is required")
    var len = encodings.varint.encodingLength(obj.lastTs)
    length += 1 + len
    if (!defined(obj.engine)) throw new Error("engine is required")
    var len = encodings.string.encodingLength(obj.engine)
    length += 1 + len
    if (!defined(obj.runs)) throw new Error("runs is required")
    var len = encodings.varint.encodingLength(obj.runs)
    length += 1 + len
    if (!defined(obj.blocks)) throw new Error("blocks is required")
    var len = encodings.varint.encodingLength(obj.blocks)
    length += 1 + len
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (!defined(obj.version)) throw new Error("version is required")
    buf[offset++] = 8
    encodings.varint.encode(obj.version, buf, offset)
    offset += encodings.varint.encode.bytes
    if (!defined(obj.number)) throw new Error("number is required")
    buf[offset++] = 16
    encodings.varint.encode(obj.number, buf, offset)
    offset += encodings.varint.encode.bytes
    if (!defined(obj.prevEnd)) throw new Error("prevEnd is required")
    buf[offset++] = 24
    encodings.varint.encode(obj.prevEnd, buf, offset)
    offset += encodings.varint.encode.bytes
    if (!defined(obj.prevTreeHash)) throw new Error("prevTreeHash is required")
    buf[offset++] = 34
    encodings.bytes.encode(obj.prevTreeHash, buf, offset)
    offset += encodings.bytes.encode.bytes
    if (!defined(obj.prevSignature)) throw new Error("prevSignature is required")
    buf[offset++] = 42
    encodings.bytes.encode(obj.prevSignature, buf, offset)
    offset += encodings.bytes.encode.bytes
    if (!defined(obj.lastTs)) throw new Error("lastTs is required")
    buf[offset++] = 48
    encodings.varint.encode(obj.lastTs, buf, offset)
    offset += encodings.varint.encode.bytes
    if (!defined(obj.engine)) throw new Error("engine is required")
    buf[offset++] = 58
    encodings.string.encode(obj.engine, buf, offset)
    offset += encodings.string.encode.bytes
    if (!defined(obj.runs)) throw new Error("runs is required")
    buf[offset++] = 64
    encodings.varint.encode(obj.runs, buf, offset)
    offset += encodings.varint.encode.bytes
    if (!defined(obj.blocks)) throw new Error("blocks is required")
    buf[offset++] = 72
    encodings.varint.encode(obj.blocks, buf, offset)
    offset += encodings.varint.encode.bytes
    encode.bytes = offset - oldOffset
    return buf
  }

  function decode (buf, offset, end) {
    if (!offset) offset = 0
    if (!end) end = buf.length
    if (!(end <= buf.length && offset <= buf.length)) throw new Error("Decoded message is not valid")
    var oldOffset = offset
    var obj = {
      version: null,
      number: null,
      prevEnd: null,
      prevTreeHash: null,
      prevSignature: null,
      lastTs: null,
      engine: null,
      runs: null,
      blocks: null
    }
    var found0 = false
    var found1 = false
    var found2 = false
    var found3 = false
    var found4 = false
    var found5 = false
    var found6 = false
    var found7 = false
    var found8 = false
    while (true) {
      if (end <= offset) {
        if (!found0 || !found1 || !found2 || !found3 || !found4 || !found5 || !found6 || !found7 || !found8) throw new Error("Decoded message is not valid")
        decode.bytes = offset - oldOffset
        return obj
      }
      var prefix = varint.decode(buf, offset)
      offset += varint.decode.bytes
      var tag = prefix >> 3
      switch (tag) {
        case 1:
        obj.version = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found0 = true
        break
        case 2:
        obj.number = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found1 = true
        break
        case 3:
        obj.prevEnd = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found2 = true
        break
        case 4:
        obj.prevTreeHash = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found3 = true
        break
        case 5:
        obj.prevSignature = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found4 = true
        break
        case 6:
        obj.lastTs = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found5 = true
        break
        case 7:
        obj.engine = encodings.string.decode(buf, offset)
        offset += encodings.string.decode.bytes
        found6 = true
        break
        case 8:
        obj.runs = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found7 = true
        break
        case 9:
        obj.blocks = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found8 = true
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defineGenesisMessage () {
  GenesisMessage.encodingLength = encodingLength
  GenesisMessage.encode = encode
  GenesisMessage.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.version)) throw new Error("version is required")
    var len = encodings.varint.encodingLength(obj.version)
    length += 1 + len
    if (!defined(obj.rules)) throw new Error("rules is required")
    var len = encodings.bytes.encodingLength(obj.rules)
    length += 1 + len
    if (!defined(obj.nonce)) throw new Error("nonce is required")
    var len = encodings.bytes.encodingLength(obj.nonce)
    length += 1 + len
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (!defined(obj.version)) throw new Error("version is required")
    buf[offset++] = 8
    encodings.varint.encode(obj.version, buf, offset)
    offset += encodings.varint.encode.bytes
    if (!defined(obj.rules)) throw new Error("rules is required")
    buf[offset++] = 18
    encodings.bytes.encode(obj.rules, buf, offset)
    offset += encodings.bytes.encode.bytes
    if (!defined(obj.nonce)) throw new Error("nonce is required")
    buf[offset++] = 26
    encodings.bytes.encode(obj.nonce, buf, offset)
    offset += encodings.bytes.encode.bytes
    encode.bytes = offset - oldOffset
    return buf
  }

  function decode (buf, offset, end) {
    if (!offset) offset = 0
    if (!end) end = buf.length
    if (!(end <= buf.length && offset <= buf.length)) throw new Error("Decoded message is not valid")
    var oldOffset = offset
    var obj = {
      version: null,
      rules: null,
      nonce: null
    }
    var found0 = false
    var found1 = false
    var found2 = false
    while (true) {
      if (end <= offset) {
        if (!found0 || !found1 || !found2) throw new Error("Decoded message is not valid")
        decode.bytes = offset - oldOffset
        return obj
      }
      var prefix = varint.decode(buf, offset)
      offset += varint.decode.bytes
      var tag = prefix >> 3
      switch (tag) {
        case 1:
        obj.version = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found0 = true
        break
        case 2:
        obj.rules = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found1 = true
        break
        case 3:
        obj.nonce = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found2 = true
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defined (val) {
  return val !== null && val !== undefined && (typeof val !== 'number' || !isNaN(val))
}

function isList (val) {
  if (!defined(val)) return false
  if (!Array.isArray(val)) throw new Error("a repeated field is an array")
  return true
}
