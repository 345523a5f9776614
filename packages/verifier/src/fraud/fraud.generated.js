// Generated from fraud.proto by `npm run proto`. Do not edit.
import encodings from 'protocol-buffers-encodings'
var varint = encodings.varint
var skip = encodings.skip

export const FraudBody = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

defineFraudBody()

function defineFraudBody () {
  FraudBody.encodingLength = encodingLength
  FraudBody.encode = encode
  FraudBody.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.code)) throw new Error("code is required")
    var len = encodings.string.encodingLength(obj.code)
    length += 1 + len
    if (!defined(obj.start)) throw new Error("start is required")
    var len = encodings.varint.encodingLength(obj.start)
    length += 1 + len
    if (!defined(obj.end)) throw new Error("end is required")
    var len = encodings.varint.encodingLength(obj.end)
    length += 1 + len
    if (defined(obj.block)) {
      var len = encodings.varint.encodingLength(obj.block)
      length += 1 + len
    }
    if (defined(obj.seq)) {
      var len = encodings.varint.encodingLength(obj.seq)
      length += 1 + len
    }
    if (!defined(obj.index)) throw new Error("index is required")
    var len = encodings.bytes.encodingLength(obj.index)
    length += 1 + len
    if (defined(obj.op)) {
      var len = encodings.bytes.encodingLength(obj.op)
      length += 1 + len
    }
    return length
  }

  function encode (obj, buf, offset) {
    if (!offset) offset = 0
    if (!buf) buf = new Uint8Array(encodingLength(obj))
    var oldOffset = offset
    if (!defined(obj.code)) throw new Error("code is required")
    buf[offset++] = 10
    encodings.string.encode(obj.code, buf, offset)
    offset += encodings.string.encode.bytes
    if (!defined(obj.start)) throw new Error("start is required")
    buf[offset++] = 16
    encodings.varint.encode(obj.start, buf, offset)
    offset += encodings.varint.encode.bytes
    if (!defined(obj.end)) throw new Error("end is required")
    buf[offset++] = 24
    encodings.varint.encode(obj.end, buf, offset)
    offset += encodings.varint.encode.bytes
    if (defined(obj.block)) {
      buf[offset++] = 32
      encodings.varint.encode(obj.block, buf, offset)
      offset += encodings.varint.encode.bytes
    }
    if (defined(obj.seq)) {
      buf[offset++] = 40
      encodings.varint.encode(obj.seq, buf, offset)
      offset += encodings.varint.encode.bytes
    }
    if (!defined(obj.index)) throw new Error("index is required")
    buf[offset++] = 50
    encodings.bytes.encode(obj.index, buf, offset)
    offset += encodings.bytes.encode.bytes
    if (defined(obj.op)) {
      buf[offset++] = 58
      encodings.bytes.encode(obj.op, buf, offset)
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
      code: null,
      start: null,
      end: null,
      block: null,
      seq: null,
      index: null,
      op: null
    }
    var found0 = false
    var found1 = false
    var found2 = false
    var found5 = false
    while (true) {
      if (end <= offset) {
        if (!found0 || !found1 || !found2 || !found5) throw new Error("Decoded message is not valid")
        decode.bytes = offset - oldOffset
        return obj
      }
      var prefix = varint.decode(buf, offset)
      offset += varint.decode.bytes
      var tag = prefix >> 3
      switch (tag) {
        case 1:
        obj.code = encodings.string.decode(buf, offset)
        offset += encodings.string.decode.bytes
        found0 = true
        break
        case 2:
        obj.start = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found1 = true
        break
        case 3:
        obj.end = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found2 = true
        break
        case 4:
        obj.block = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        break
        case 5:
        obj.seq = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        break
        case 6:
        obj.index = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found5 = true
        break
        case 7:
        obj.op = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
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
