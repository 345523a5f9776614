// Generated from receipt.proto by `npm run proto`. Do not edit.
import encodings from 'protocol-buffers-encodings'
var varint = encodings.varint
var skip = encodings.skip

export const ReceiptBody = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

export const ReceiptOpsMessage = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

defineReceiptBody()
defineReceiptOpsMessage()

function defineReceiptBody () {
  ReceiptBody.encodingLength = encodingLength
  ReceiptBody.encode = encode
  ReceiptBody.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.index)) throw new Error("index is required")
    var len = encodings.bytes.encodingLength(obj.index)
    length += 1 + len
    if (!defined(obj.signer)) throw new Error("signer is required")
    var len = encodings.bytes.encodingLength(obj.signer)
    length += 1 + len
    if (!defined(obj.seq)) throw new Error("seq is required")
    var len = encodings.varint.encodingLength(obj.seq)
    length += 1 + len
    if (isList(obj.ops)) {
      for (var i = 0; i < obj.ops.length; i++) {
        if (!defined(obj.ops[i])) continue
        var len = ReceiptOpsMessage.encodingLength(obj.ops[i])
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
    encodings.bytes.encode(obj.index, buf, offset)
    offset += encodings.bytes.encode.bytes
    if (!defined(obj.signer)) throw new Error("signer is required")
    buf[offset++] = 18
    encodings.bytes.encode(obj.signer, buf, offset)
    offset += encodings.bytes.encode.bytes
    if (!defined(obj.seq)) throw new Error("seq is required")
    buf[offset++] = 24
    encodings.varint.encode(obj.seq, buf, offset)
    offset += encodings.varint.encode.bytes
    if (isList(obj.ops)) {
      for (var i = 0; i < obj.ops.length; i++) {
        if (!defined(obj.ops[i])) continue
        buf[offset++] = 34
        varint.encode(ReceiptOpsMessage.encodingLength(obj.ops[i]), buf, offset)
        offset += varint.encode.bytes
        ReceiptOpsMessage.encode(obj.ops[i], buf, offset)
        offset += ReceiptOpsMessage.encode.bytes
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
      signer: null,
      seq: null,
      ops: []
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
        obj.index = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found0 = true
        break
        case 2:
        obj.signer = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found1 = true
        break
        case 3:
        obj.seq = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found2 = true
        break
        case 4:
        var len = varint.decode(buf, offset)
        offset += varint.decode.bytes
        obj.ops.push(ReceiptOpsMessage.decode(buf, offset, offset + len))
        offset += ReceiptOpsMessage.decode.bytes
        break
        default:
        offset = skip(prefix & 7, buf, offset)
      }
    }
  }
}

function defineReceiptOpsMessage () {
  ReceiptOpsMessage.encodingLength = encodingLength
  ReceiptOpsMessage.encode = encode
  ReceiptOpsMessage.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (isList(obj.blocks)) {
      for (var i = 0; i < obj.blocks.length; i++) {
        if (!defined(obj.blocks[i])) continue
        var len = encodings.bytes.encodingLength(obj.blocks[i])
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
    if (isList(obj.blocks)) {
      for (var i = 0; i < obj.blocks.length; i++) {
        if (!defined(obj.blocks[i])) continue
        buf[offset++] = 10
        encodings.bytes.encode(obj.blocks[i], buf, offset)
        offset += encodings.bytes.encode.bytes
      }
    }
    if (!defined(obj.hashes)) throw new Error("hashes is required")
    buf[offset++] = 18
    encodings.bytes.encode(obj.hashes, buf, offset)
    offset += encodings.bytes.encode.bytes
    if (isList(obj.sizes)) {
      var packedLen = 0
      for (var i = 0; i < obj.sizes.length; i++) {
        if (!defined(obj.sizes[i])) continue
        packedLen += encodings.varint.encodingLength(obj.sizes[i])
      }
      if (packedLen) {
        buf[offset++] = 26
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
      blocks: [],
      hashes: null,
      sizes: []
    }
    var found1 = false
    while (true) {
      if (end <= offset) {
        if (!found1) throw new Error("Decoded message is not valid")
        decode.bytes = offset - oldOffset
        return obj
      }
      var prefix = varint.decode(buf, offset)
      offset += varint.decode.bytes
      var tag = prefix >> 3
      switch (tag) {
        case 1:
        obj.blocks.push(encodings.bytes.decode(buf, offset))
        offset += encodings.bytes.decode.bytes
        break
        case 2:
        obj.hashes = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found1 = true
        break
        case 3:
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

function isList (val) {
  if (!defined(val)) return false
  if (!Array.isArray(val)) throw new Error("a repeated field is an array")
  return true
}
