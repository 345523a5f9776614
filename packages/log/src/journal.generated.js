// Generated from journal.proto by `npm run proto`. Do not edit.
import encodings from 'protocol-buffers-encodings'
var varint = encodings.varint
var skip = encodings.skip

export const JournalRecord = {
  buffer: true,
  encodingLength: null,
  encode: null,
  decode: null
}

defineJournalRecord()

function defineJournalRecord () {
  JournalRecord.encodingLength = encodingLength
  JournalRecord.encode = encode
  JournalRecord.decode = decode

  function encodingLength (obj) {
    var length = 0
    if (!defined(obj.version)) throw new Error("version is required")
    var len = encodings.varint.encodingLength(obj.version)
    length += 1 + len
    if (!defined(obj.start)) throw new Error("start is required")
    var len = encodings.varint.encodingLength(obj.start)
    length += 1 + len
    if (isList(obj.blocks)) {
      for (var i = 0; i < obj.blocks.length; i++) {
        if (!defined(obj.blocks[i])) continue
        var len = encodings.bytes.encodingLength(obj.blocks[i])
        length += 1 + len
      }
    }
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
    if (!defined(obj.version)) throw new Error("version is required")
    buf[offset++] = 8
    encodings.varint.encode(obj.version, buf, offset)
    offset += encodings.varint.encode.bytes
    if (!defined(obj.start)) throw new Error("start is required")
    buf[offset++] = 16
    encodings.varint.encode(obj.start, buf, offset)
    offset += encodings.varint.encode.bytes
    if (isList(obj.blocks)) {
      for (var i = 0; i < obj.blocks.length; i++) {
        if (!defined(obj.blocks[i])) continue
        buf[offset++] = 26
        encodings.bytes.encode(obj.blocks[i], buf, offset)
        offset += encodings.bytes.encode.bytes
      }
    }
    if (!defined(obj.treeHash)) throw new Error("treeHash is required")
    buf[offset++] = 34
    encodings.bytes.encode(obj.treeHash, buf, offset)
    offset += encodings.bytes.encode.bytes
    if (!defined(obj.signature)) throw new Error("signature is required")
    buf[offset++] = 42
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
      version: null,
      start: null,
      blocks: [],
      treeHash: null,
      signature: null
    }
    var found0 = false
    var found1 = false
    var found3 = false
    var found4 = false
    while (true) {
      if (end <= offset) {
        if (!found0 || !found1 || !found3 || !found4) throw new Error("Decoded message is not valid")
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
        obj.start = encodings.varint.decode(buf, offset)
        offset += encodings.varint.decode.bytes
        found1 = true
        break
        case 3:
        obj.blocks.push(encodings.bytes.decode(buf, offset))
        offset += encodings.bytes.decode.bytes
        break
        case 4:
        obj.treeHash = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found3 = true
        break
        case 5:
        obj.signature = encodings.bytes.decode(buf, offset)
        offset += encodings.bytes.decode.bytes
        found4 = true
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
