// Generated from proofs.proto by `npm run proto`. Do not edit.
import encodings from 'protocol-buffers-encodings'
var varint = encodings.varint
var skip = encodings.skip

export const ProofMessage = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const LogIdentityMessage = {
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

export const ProvedBlock = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const HeadBody = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const BlocksBody = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const ConsistencyBody = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const StateQueryMessage = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const ListQueryMessage = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const StateBody = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const EquivocationBody = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const BeeTree = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const BeeLevel = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

defineProofMessage()
defineLogIdentityMessage()
defineSignedHead()
defineProvedBlock()
defineHeadBody()
defineBlocksBody()
defineConsistencyBody()
defineStateQueryMessage()
defineListQueryMessage()
defineStateBody()
defineEquivocationBody()
defineBeeTree()
defineBeeLevel()

function defineProofMessage () {
  ProofMessage.encodingLength = encodingLength
  ProofMessage.encode = encode
  ProofMessage.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.version)) throw new Error("version is required")
    var len = encodings.varint.encodingLength(obj.version)
    length += 1 + len
    if (!defined(obj.kind)) throw new Error("kind is required")
    var len = encodings.varint.encodingLength(obj.kind)
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
    if (!defined(obj.kind)) throw new Error("kind is required")
    buf[offset++] = 16
    encodings.varint.encode(obj.kind, buf, offset)
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
      kind: null,
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
        obj.kind = encodings.varint.decode(buf, offset)
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

function defineLogIdentityMessage () {
  LogIdentityMessage.encodingLength = encodingLength
  LogIdentityMessage.encode = encode
  LogIdentityMessage.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.signer)) throw new Error("signer is required")
    var len = encodings.bytes.encodingLength(obj.signer)
    length += 1 + len
    if (!defined(obj.userData)) throw new Error("userData is required")
    var len = encodings.bytes.encodingLength(obj.userData)
    length += 1 + len
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (!defined(obj.signer)) throw new Error("signer is required")
    buf[offset++] = 10
    encodings.bytes.encode(obj.signer, buf, offset)
    offset += encodings.bytes.encode.bytes
    if (!defined(obj.userData)) throw new Error("userData is required")
    buf[offset++] = 18
    encodings.bytes.encode(obj.userData, buf, offset)
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
      signer: null,
      userData: null
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
        obj.signer = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found0 = true
        break
        case 2:
        obj.userData = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found1 = true
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

function defineProvedBlock () {
  ProvedBlock.encodingLength = encodingLength
  ProvedBlock.encode = encode
  ProvedBlock.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.seq)) throw new Error("seq is required")
    var len = encodings.varint.encodingLength(obj.seq)
    length += 1 + len
    if (!defined(obj.block)) throw new Error("block is required")
    var len = encodings.bytes.encodingLength(obj.block)
    length += 1 + len
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (!defined(obj.seq)) throw new Error("seq is required")
    buf[offset++] = 8
    encodings.varint.encode(obj.seq, buf, offset)
    offset += encodings.varint.encode.bytes
    if (!defined(obj.block)) throw new Error("block is required")
    buf[offset++] = 18
    encodings.bytes.encode(obj.block, buf, offset)
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
      seq: null,
      block: null
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
        obj.seq = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found0 = true
        break
        case 2:
        obj.block = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found1 = true
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defineHeadBody () {
  HeadBody.encodingLength = encodingLength
  HeadBody.encode = encode
  HeadBody.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.identity)) throw new Error("identity is required")
    var len = LogIdentityMessage.encodingLength(obj.identity)
    length += varint.encodingLength(len)
    length += 1 + len
    if (!defined(obj.head)) throw new Error("head is required")
    var len = SignedHead.encodingLength(obj.head)
    length += varint.encodingLength(len)
    length += 1 + len
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (!defined(obj.identity)) throw new Error("identity is required")
    buf[offset++] = 10
    varint.encode(LogIdentityMessage.encodingLength(obj.identity), buf, offset)
    offset += varint.encode.bytes
    LogIdentityMessage.encode(obj.identity, buf, offset)
    offset += LogIdentityMessage.encode.bytes
    if (!defined(obj.head)) throw new Error("head is required")
    buf[offset++] = 18
    varint.encode(SignedHead.encodingLength(obj.head), buf, offset)
    offset += varint.encode.bytes
    SignedHead.encode(obj.head, buf, offset)
    offset += SignedHead.encode.bytes
    encode.bytes = offset - oldOffset
    return buf
  }

  function decode (buf, offset, end) {
    if (!offset) offset = 0
    if (!end) end = buf.length
    if (!(end <= buf.length && offset <= buf.length)) throw new Error("Decoded message is not valid")
    var oldOffset = offset
    var obj = {
      identity: null,
      head: null
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
        var len = varint.decode(buf, offset)
        offset += varint.decode.bytes
        obj.identity = LogIdentityMessage.decode(buf, offset, offset + len)
        offset += LogIdentityMessage.decode.bytes
        found0 = true
        break
        case 2:
        var len = varint.decode(buf, offset)
        offset += varint.decode.bytes
        obj.head = SignedHead.decode(buf, offset, offset + len)
        offset += SignedHead.decode.bytes
        found1 = true
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defineBlocksBody () {
  BlocksBody.encodingLength = encodingLength
  BlocksBody.encode = encode
  BlocksBody.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.identity)) throw new Error("identity is required")
    var len = LogIdentityMessage.encodingLength(obj.identity)
    length += varint.encodingLength(len)
    length += 1 + len
    if (!defined(obj.head)) throw new Error("head is required")
    var len = SignedHead.encodingLength(obj.head)
    length += varint.encodingLength(len)
    length += 1 + len
    if (isList(obj.blocks)) {
      for (var i = 0; i < obj.blocks.length; i++) {
        if (!defined(obj.blocks[i])) continue
        var len = ProvedBlock.encodingLength(obj.blocks[i])
        length += varint.encodingLength(len)
        length += 1 + len
      }
    }
    if (!defined(obj.hashes)) throw new Error("hashes is required")
    var len = encodings.bytes.encodingLength(obj.hashes)
    length += 1 + len
    if (isList(obj.sizes)) {
      var packedLen = 0
      for (var i = 0; i < obj.sizes.length; i++) {
        if (!defined(obj.sizes[i])) continue
        var len = encodings.varint.encodingLength(obj.sizes[i])
        packedLen += len
      }
      if (packedLen) {
        length += 1 + packedLen + varint.encodingLength(packedLen)
      }
    }
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (!defined(obj.identity)) throw new Error("identity is required")
    buf[offset++] = 10
    varint.encode(LogIdentityMessage.encodingLength(obj.identity), buf, offset)
    offset += varint.encode.bytes
    LogIdentityMessage.encode(obj.identity, buf, offset)
    offset += LogIdentityMessage.encode.bytes
    if (!defined(obj.head)) throw new Error("head is required")
    buf[offset++] = 18
    varint.encode(SignedHead.encodingLength(obj.head), buf, offset)
    offset += varint.encode.bytes
    SignedHead.encode(obj.head, buf, offset)
    offset += SignedHead.encode.bytes
    if (isList(obj.blocks)) {
      for (var i = 0; i < obj.blocks.length; i++) {
        if (!defined(obj.blocks[i])) continue
        buf[offset++] = 26
        varint.encode(ProvedBlock.encodingLength(obj.blocks[i]), buf, offset)
        offset += varint.encode.bytes
        ProvedBlock.encode(obj.blocks[i], buf, offset)
        offset += ProvedBlock.encode.bytes
      }
    }
    if (!defined(obj.hashes)) throw new Error("hashes is required")
    buf[offset++] = 34
    encodings.bytes.encode(obj.hashes, buf, offset)
    offset += encodings.bytes.encode.bytes
    if (isList(obj.sizes)) {
      var packedLen = 0
      for (var i = 0; i < obj.sizes.length; i++) {
        if (!defined(obj.sizes[i])) continue
        packedLen += encodings.varint.encodingLength(obj.sizes[i])
      }
      if (packedLen) {
        buf[offset++] = 42
        varint.encode(packedLen, buf, offset)
        offset += varint.encode.bytes
      }
      for (var i = 0; i < obj.sizes.length; i++) {
        if (!defined(obj.sizes[i])) continue
        encodings.varint.encode(obj.sizes[i], buf, offset)
        offset += encodings.varint.encode.bytes
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
      identity: null,
      head: null,
      blocks: [],
      hashes: null,
      sizes: []
    }
    var found0 = false
    var found1 = false
    var found3 = false
    while (true) {
      if (end <= offset) {
        if (!found0 || !found1 || !found3) throw new Error("Decoded message is not valid")
        decode.bytes = offset - oldOffset
        return obj
      }
      var prefix = varint.decode(buf, offset)
      offset += varint.decode.bytes
      var tag = prefix >> 3
      switch (tag) {
        case 1:
        var len = varint.decode(buf, offset)
        offset += varint.decode.bytes
        obj.identity = LogIdentityMessage.decode(buf, offset, offset + len)
        offset += LogIdentityMessage.decode.bytes
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
        var len = varint.decode(buf, offset)
        offset += varint.decode.bytes
        obj.blocks.push(ProvedBlock.decode(buf, offset, offset + len))
        offset += ProvedBlock.decode.bytes
        break
        case 4:
        obj.hashes = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found3 = true
        break
        case 5:
        var packedEnd = varint.decode(buf, offset)
        offset += varint.decode.bytes
        packedEnd += offset
        while (offset < packedEnd) {
          obj.sizes.push(encodings.varint.decode(buf, offset))
          offset += encodings.varint.decode.bytes
        }
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defineConsistencyBody () {
  ConsistencyBody.encodingLength = encodingLength
  ConsistencyBody.encode = encode
  ConsistencyBody.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.identity)) throw new Error("identity is required")
    var len = LogIdentityMessage.encodingLength(obj.identity)
    length += varint.encodingLength(len)
    length += 1 + len
    if (!defined(obj.from)) throw new Error("from is required")
    var len = SignedHead.encodingLength(obj.from)
    length += varint.encodingLength(len)
    length += 1 + len
    if (!defined(obj.to)) throw new Error("to is required")
    var len = SignedHead.encodingLength(obj.to)
    length += varint.encodingLength(len)
    length += 1 + len
    if (!defined(obj.hashes)) throw new Error("hashes is required")
    var len = encodings.bytes.encodingLength(obj.hashes)
    length += 1 + len
    if (isList(obj.sizes)) {
      var packedLen = 0
      for (var i = 0; i < obj.sizes.length; i++) {
        if (!defined(obj.sizes[i])) continue
        var len = encodings.varint.encodingLength(obj.sizes[i])
        packedLen += len
      }
      if (packedLen) {
        length += 1 + packedLen + varint.encodingLength(packedLen)
      }
    }
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (!defined(obj.identity)) throw new Error("identity is required")
    buf[offset++] = 10
    varint.encode(LogIdentityMessage.encodingLength(obj.identity), buf, offset)
    offset += varint.encode.bytes
    LogIdentityMessage.encode(obj.identity, buf, offset)
    offset += LogIdentityMessage.encode.bytes
    if (!defined(obj.from)) throw new Error("from is required")
    buf[offset++] = 18
    varint.encode(SignedHead.encodingLength(obj.from), buf, offset)
    offset += varint.encode.bytes
    SignedHead.encode(obj.from, buf, offset)
    offset += SignedHead.encode.bytes
    if (!defined(obj.to)) throw new Error("to is required")
    buf[offset++] = 26
    varint.encode(SignedHead.encodingLength(obj.to), buf, offset)
    offset += varint.encode.bytes
    SignedHead.encode(obj.to, buf, offset)
    offset += SignedHead.encode.bytes
    if (!defined(obj.hashes)) throw new Error("hashes is required")
    buf[offset++] = 34
    encodings.bytes.encode(obj.hashes, buf, offset)
    offset += encodings.bytes.encode.bytes
    if (isList(obj.sizes)) {
      var packedLen = 0
      for (var i = 0; i < obj.sizes.length; i++) {
        if (!defined(obj.sizes[i])) continue
        packedLen += encodings.varint.encodingLength(obj.sizes[i])
      }
      if (packedLen) {
        buf[offset++] = 42
        varint.encode(packedLen, buf, offset)
        offset += varint.encode.bytes
      }
      for (var i = 0; i < obj.sizes.length; i++) {
        if (!defined(obj.sizes[i])) continue
        encodings.varint.encode(obj.sizes[i], buf, offset)
        offset += encodings.varint.encode.bytes
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
      identity: null,
      from: null,
      to: null,
      hashes: null,
      sizes: []
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
        var len = varint.decode(buf, offset)
        offset += varint.decode.bytes
        obj.identity = LogIdentityMessage.decode(buf, offset, offset + len)
        offset += LogIdentityMessage.decode.bytes
        found0 = true
        break
        case 2:
        var len = varint.decode(buf, offset)
        offset += varint.decode.bytes
        obj.from = SignedHead.decode(buf, offset, offset + len)
        offset += SignedHead.decode.bytes
        found1 = true
        break
        case 3:
        var len = varint.decode(buf, offset)
        offset += varint.decode.bytes
        obj.to = SignedHead.decode(buf, offset, offset + len)
        offset += SignedHead.decode.bytes
        found2 = true
        break
        case 4:
        obj.hashes = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found3 = true
        break
        case 5:
        var packedEnd = varint.decode(buf, offset)
        offset += varint.decode.bytes
        packedEnd += offset
        while (offset < packedEnd) {
          obj.sizes.push(encodings.varint.decode(buf, offset))
          offset += encodings.varint.decode.bytes
        }
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defineStateQueryMessage () {
  StateQueryMessage.encodingLength = encodingLength
  StateQueryMessage.encode = encode
  StateQueryMessage.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (defined(obj.path)) {
      var len = encodings.string.encodingLength(obj.path)
      length += 1 + len
    }
    if (defined(obj.list)) {
      var len = ListQueryMessage.encodingLength(obj.list)
      length += varint.encodingLength(len)
      length += 1 + len
    }
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (defined(obj.path)) {
      buf[offset++] = 10
      encodings.string.encode(obj.path, buf, offset)
      offset += encodings.string.encode.bytes
    }
    if (defined(obj.list)) {
      buf[offset++] = 18
      varint.encode(ListQueryMessage.encodingLength(obj.list), buf, offset)
      offset += varint.encode.bytes
      ListQueryMessage.encode(obj.list, buf, offset)
      offset += ListQueryMessage.encode.bytes
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
      path: null,
      list: null
    }
    while (true) {
      if (end <= offset) {
        decode.bytes = offset - oldOffset
        return obj
      }
      var prefix = varint.decode(buf, offset)
      offset += varint.decode.bytes
      var tag = prefix >> 3
      switch (tag) {
        case 1:
        obj.path = encodings.string.decode(buf, offset)
        offset += encodings.string.decode.bytes
        break
        case 2:
        var len = varint.decode(buf, offset)
        offset += varint.decode.bytes
        obj.list = ListQueryMessage.decode(buf, offset, offset + len)
        offset += ListQueryMessage.decode.bytes
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defineListQueryMessage () {
  ListQueryMessage.encodingLength = encodingLength
  ListQueryMessage.encode = encode
  ListQueryMessage.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.prefix)) throw new Error("prefix is required")
    var len = encodings.string.encodingLength(obj.prefix)
    length += 1 + len
    if (defined(obj.reverse)) {
      var len = encodings.bool.encodingLength(obj.reverse)
      length += 1 + len
    }
    if (defined(obj.offset)) {
      var len = encodings.varint.encodingLength(obj.offset)
      length += 1 + len
    }
    if (defined(obj.limit)) {
      var len = encodings.varint.encodingLength(obj.limit)
      length += 1 + len
    }
    if (defined(obj.cursor)) {
      var len = encodings.string.encodingLength(obj.cursor)
      length += 1 + len
    }
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (!defined(obj.prefix)) throw new Error("prefix is required")
    buf[offset++] = 10
    encodings.string.encode(obj.prefix, buf, offset)
    offset += encodings.string.encode.bytes
    if (defined(obj.reverse)) {
      buf[offset++] = 16
      encodings.bool.encode(obj.reverse, buf, offset)
      offset += encodings.bool.encode.bytes
    }
    if (defined(obj.offset)) {
      buf[offset++] = 24
      encodings.varint.encode(obj.offset, buf, offset)
      offset += encodings.varint.encode.bytes
    }
    if (defined(obj.limit)) {
      buf[offset++] = 32
      encodings.varint.encode(obj.limit, buf, offset)
      offset += encodings.varint.encode.bytes
    }
    if (defined(obj.cursor)) {
      buf[offset++] = 42
      encodings.string.encode(obj.cursor, buf, offset)
      offset += encodings.string.encode.bytes
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
      prefix: null,
      reverse: null,
      offset: null,
      limit: null,
      cursor: null
    }
    var found0 = false
    while (true) {
      if (end <= offset) {
        if (!found0) throw new Error("Decoded message is not valid")
        decode.bytes = offset - oldOffset
        return obj
      }
      var prefix = varint.decode(buf, offset)
      offset += varint.decode.bytes
      var tag = prefix >> 3
      switch (tag) {
        case 1:
        obj.prefix = encodings.string.decode(buf, offset)
        offset += encodings.string.decode.bytes
        found0 = true
        break
        case 2:
        obj.reverse = encodings.bool.decode(buf, offset)
        offset += encodings.bool.decode.bytes
        break
        case 3:
        obj.offset = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        break
        case 4:
        obj.limit = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        break
        case 5:
        obj.cursor = encodings.string.decode(buf, offset)
        offset += encodings.string.decode.bytes
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defineStateBody () {
  StateBody.encodingLength = encodingLength
  StateBody.encode = encode
  StateBody.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.index)) throw new Error("index is required")
    var len = BlocksBody.encodingLength(obj.index)
    length += varint.encodingLength(len)
    length += 1 + len
    if (isList(obj.queries)) {
      for (var i = 0; i < obj.queries.length; i++) {
        if (!defined(obj.queries[i])) continue
        var len = StateQueryMessage.encodingLength(obj.queries[i])
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
    if (!defined(obj.index)) throw new Error("index is required")
    buf[offset++] = 10
    varint.encode(BlocksBody.encodingLength(obj.index), buf, offset)
    offset += varint.encode.bytes
    BlocksBody.encode(obj.index, buf, offset)
    offset += BlocksBody.encode.bytes
    if (isList(obj.queries)) {
      for (var i = 0; i < obj.queries.length; i++) {
        if (!defined(obj.queries[i])) continue
        buf[offset++] = 18
        varint.encode(StateQueryMessage.encodingLength(obj.queries[i]), buf, offset)
        offset += varint.encode.bytes
        StateQueryMessage.encode(obj.queries[i], buf, offset)
        offset += StateQueryMessage.encode.bytes
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
      index: null,
      queries: []
    }
    var found0 = false
    while (true) {
      if (end <= offset) {
        if (!found0) throw new Error("Decoded message is not valid")
        decode.bytes = offset - oldOffset
        return obj
      }
      var prefix = varint.decode(buf, offset)
      offset += varint.decode.bytes
      var tag = prefix >> 3
      switch (tag) {
        case 1:
        var len = varint.decode(buf, offset)
        offset += varint.decode.bytes
        obj.index = BlocksBody.decode(buf, offset, offset + len)
        offset += BlocksBody.decode.bytes
        found0 = true
        break
        case 2:
        var len = varint.decode(buf, offset)
        offset += varint.decode.bytes
        obj.queries.push(StateQueryMessage.decode(buf, offset, offset + len))
        offset += StateQueryMessage.decode.bytes
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defineEquivocationBody () {
  EquivocationBody.encodingLength = encodingLength
  EquivocationBody.encode = encode
  EquivocationBody.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.identity)) throw new Error("identity is required")
    var len = LogIdentityMessage.encodingLength(obj.identity)
    length += varint.encodingLength(len)
    length += 1 + len
    if (!defined(obj.first)) throw new Error("first is required")
    var len = SignedHead.encodingLength(obj.first)
    length += varint.encodingLength(len)
    length += 1 + len
    if (defined(obj.second)) {
      var len = SignedHead.encodingLength(obj.second)
      length += varint.encodingLength(len)
      length += 1 + len
    }
    if (defined(obj.fork)) {
      var len = encodings.varint.encodingLength(obj.fork)
      length += 1 + len
    }
    if (defined(obj.block)) {
      var len = encodings.bytes.encodingLength(obj.block)
      length += 1 + len
    }
    if (!defined(obj.hashes)) throw new Error("hashes is required")
    var len = encodings.bytes.encodingLength(obj.hashes)
    length += 1 + len
    if (isList(obj.sizes)) {
      var packedLen = 0
      for (var i = 0; i < obj.sizes.length; i++) {
        if (!defined(obj.sizes[i])) continue
        var len = encodings.varint.encodingLength(obj.sizes[i])
        packedLen += len
      }
      if (packedLen) {
        length += 1 + packedLen + varint.encodingLength(packedLen)
      }
    }
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (!defined(obj.identity)) throw new Error("identity is required")
    buf[offset++] = 10
    varint.encode(LogIdentityMessage.encodingLength(obj.identity), buf, offset)
    offset += varint.encode.bytes
    LogIdentityMessage.encode(obj.identity, buf, offset)
    offset += LogIdentityMessage.encode.bytes
    if (!defined(obj.first)) throw new Error("first is required")
    buf[offset++] = 18
    varint.encode(SignedHead.encodingLength(obj.first), buf, offset)
    offset += varint.encode.bytes
    SignedHead.encode(obj.first, buf, offset)
    offset += SignedHead.encode.bytes
    if (defined(obj.second)) {
      buf[offset++] = 26
      varint.encode(SignedHead.encodingLength(obj.second), buf, offset)
      offset += varint.encode.bytes
      SignedHead.encode(obj.second, buf, offset)
      offset += SignedHead.encode.bytes
    }
    if (defined(obj.fork)) {
      buf[offset++] = 32
      encodings.varint.encode(obj.fork, buf, offset)
      offset += encodings.varint.encode.bytes
    }
    if (defined(obj.block)) {
      buf[offset++] = 42
      encodings.bytes.encode(obj.block, buf, offset)
      offset += encodings.bytes.encode.bytes
    }
    if (!defined(obj.hashes)) throw new Error("hashes is required")
    buf[offset++] = 50
    encodings.bytes.encode(obj.hashes, buf, offset)
    offset += encodings.bytes.encode.bytes
    if (isList(obj.sizes)) {
      var packedLen = 0
      for (var i = 0; i < obj.sizes.length; i++) {
        if (!defined(obj.sizes[i])) continue
        packedLen += encodings.varint.encodingLength(obj.sizes[i])
      }
      if (packedLen) {
        buf[offset++] = 58
        varint.encode(packedLen, buf, offset)
        offset += varint.encode.bytes
      }
      for (var i = 0; i < obj.sizes.length; i++) {
        if (!defined(obj.sizes[i])) continue
        encodings.varint.encode(obj.sizes[i], buf, offset)
        offset += encodings.varint.encode.bytes
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
      identity: null,
      first: null,
      second: null,
      fork: null,
      block: null,
      hashes: null,
      sizes: []
    }
    var found0 = false
    var found1 = false
    var found5 = false
    while (true) {
      if (end <= offset) {
        if (!found0 || !found1 || !found5) throw new Error("Decoded message is not valid")
        decode.bytes = offset - oldOffset
        return obj
      }
      var prefix = varint.decode(buf, offset)
      offset += varint.decode.bytes
      var tag = prefix >> 3
      switch (tag) {
        case 1:
        var len = varint.decode(buf, offset)
        offset += varint.decode.bytes
        obj.identity = LogIdentityMessage.decode(buf, offset, offset + len)
        offset += LogIdentityMessage.decode.bytes
        found0 = true
        break
        case 2:
        var len = varint.decode(buf, offset)
        offset += varint.decode.bytes
        obj.first = SignedHead.decode(buf, offset, offset + len)
        offset += SignedHead.decode.bytes
        found1 = true
        break
        case 3:
        var len = varint.decode(buf, offset)
        offset += varint.decode.bytes
        obj.second = SignedHead.decode(buf, offset, offset + len)
        offset += SignedHead.decode.bytes
        break
        case 4:
        obj.fork = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        break
        case 5:
        obj.block = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        break
        case 6:
        obj.hashes = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found5 = true
        break
        case 7:
        var packedEnd = varint.decode(buf, offset)
        offset += varint.decode.bytes
        packedEnd += offset
        while (offset < packedEnd) {
          obj.sizes.push(encodings.varint.decode(buf, offset))
          offset += encodings.varint.decode.bytes
        }
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defineBeeTree () {
  BeeTree.encodingLength = encodingLength
  BeeTree.encode = encode
  BeeTree.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (isList(obj.levels)) {
      for (var i = 0; i < obj.levels.length; i++) {
        if (!defined(obj.levels[i])) continue
        var len = BeeLevel.encodingLength(obj.levels[i])
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
    if (isList(obj.levels)) {
      for (var i = 0; i < obj.levels.length; i++) {
        if (!defined(obj.levels[i])) continue
        buf[offset++] = 10
        varint.encode(BeeLevel.encodingLength(obj.levels[i]), buf, offset)
        offset += varint.encode.bytes
        BeeLevel.encode(obj.levels[i], buf, offset)
        offset += BeeLevel.encode.bytes
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
      levels: []
    }
    while (true) {
      if (end <= offset) {
        decode.bytes = offset - oldOffset
        return obj
      }
      var prefix = varint.decode(buf, offset)
      offset += varint.decode.bytes
      var tag = prefix >> 3
      switch (tag) {
        case 1:
        var len = varint.decode(buf, offset)
        offset += varint.decode.bytes
        obj.levels.push(BeeLevel.decode(buf, offset, offset + len))
        offset += BeeLevel.decode.bytes
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defineBeeLevel () {
  BeeLevel.encodingLength = encodingLength
  BeeLevel.encode = encode
  BeeLevel.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (isList(obj.keys)) {
      var packedLen = 0
      for (var i = 0; i < obj.keys.length; i++) {
        if (!defined(obj.keys[i])) continue
        var len = encodings.varint.encodingLength(obj.keys[i])
        packedLen += len
      }
      if (packedLen) {
        length += 1 + packedLen + varint.encodingLength(packedLen)
      }
    }
    if (isList(obj.children)) {
      var packedLen = 0
      for (var i = 0; i < obj.children.length; i++) {
        if (!defined(obj.children[i])) continue
        var len = encodings.varint.encodingLength(obj.children[i])
        packedLen += len
      }
      if (packedLen) {
        length += 1 + packedLen + varint.encodingLength(packedLen)
      }
    }
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (isList(obj.keys)) {
      var packedLen = 0
      for (var i = 0; i < obj.keys.length; i++) {
        if (!defined(obj.keys[i])) continue
        packedLen += encodings.varint.encodingLength(obj.keys[i])
      }
      if (packedLen) {
        buf[offset++] = 10
        varint.encode(packedLen, buf, offset)
        offset += varint.encode.bytes
      }
      for (var i = 0; i < obj.keys.length; i++) {
        if (!defined(obj.keys[i])) continue
        encodings.varint.encode(obj.keys[i], buf, offset)
        offset += encodings.varint.encode.bytes
      }
    }
    if (isList(obj.children)) {
      var packedLen = 0
      for (var i = 0; i < obj.children.length; i++) {
        if (!defined(obj.children[i])) continue
        packedLen += encodings.varint.encodingLength(obj.children[i])
      }
      if (packedLen) {
        buf[offset++] = 18
        varint.encode(packedLen, buf, offset)
        offset += varint.encode.bytes
      }
      for (var i = 0; i < obj.children.length; i++) {
        if (!defined(obj.children[i])) continue
        encodings.varint.encode(obj.children[i], buf, offset)
        offset += encodings.varint.encode.bytes
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
      keys: [],
      children: []
    }
    while (true) {
      if (end <= offset) {
        decode.bytes = offset - oldOffset
        return obj
      }
      var prefix = varint.decode(buf, offset)
      offset += varint.decode.bytes
      var tag = prefix >> 3
      switch (tag) {
        case 1:
        var packedEnd = varint.decode(buf, offset)
        offset += varint.decode.bytes
        packedEnd += offset
        while (offset < packedEnd) {
          obj.keys.push(encodings.varint.decode(buf, offset))
          offset += encodings.varint.decode.bytes
        }
        break
        case 2:
        var packedEnd = varint.decode(buf, offset)
        offset += varint.decode.bytes
        packedEnd += offset
        while (offset < packedEnd) {
          obj.children.push(encodings.varint.decode(buf, offset))
          offset += encodings.varint.decode.bytes
        }
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
