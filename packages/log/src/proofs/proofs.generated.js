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

export const ProvedHead = {
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

defineProofMessage()
defineLogIdentityMessage()
defineProvedHead()
defineProvedBlock()
defineHeadBody()
defineBlocksBody()

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

function defineProvedHead () {
  ProvedHead.encodingLength = encodingLength
  ProvedHead.encode = encode
  ProvedHead.decode = decode

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
    var len = ProvedHead.encodingLength(obj.head)
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
    varint.encode(ProvedHead.encodingLength(obj.head), buf, offset)
    offset += varint.encode.bytes
    ProvedHead.encode(obj.head, buf, offset)
    offset += ProvedHead.encode.bytes
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
        obj.head = ProvedHead.decode(buf, offset, offset + len)
        offset += ProvedHead.decode.bytes
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
    var len = ProvedHead.encodingLength(obj.head)
    length += varint.encodingLength(len)
    length += 1 + len
    if (defined(obj.blocks)) {
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
    if (defined(obj.sizes)) {
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
    varint.encode(ProvedHead.encodingLength(obj.head), buf, offset)
    offset += varint.encode.bytes
    ProvedHead.encode(obj.head, buf, offset)
    offset += ProvedHead.encode.bytes
    if (defined(obj.blocks)) {
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
    if (defined(obj.sizes)) {
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
        obj.head = ProvedHead.decode(buf, offset, offset + len)
        offset += ProvedHead.decode.bytes
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

function defined (val) {
  return val !== null && val !== undefined && (typeof val !== 'number' || !isNaN(val))
}
