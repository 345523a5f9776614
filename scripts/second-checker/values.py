"""Values and their encoding (spec/5-values), written from the specification."""

import struct

DEPTH_MAX = 64
BYTES_MAX = 2**20
WHOLE_MAX = 2**53 - 1


class Refused(Exception):
    """Bytes that are not what the specification allows."""


class Inconclusive(Refused):
    """Nothing is wrong with it as far as can be told here, and it shows nothing: a block is missing, a version unknown."""


class TakesMore(Refused):
    """All that was checked holds, and what is left takes a sandbox, or a writer of B-trees."""


def refuse(condition, why):
    if condition:
        raise Refused(why)


def encode(value):
    """The one encoding of a value: None, bool, int, float, str, bytes, list or dict."""
    if value is None:
        return b"\xf6"
    if value is True:
        return b"\xf5"
    if value is False:
        return b"\xf4"
    if isinstance(value, float) and value.is_integer() and abs(value) <= WHOLE_MAX:
        value = int(value)
    if isinstance(value, int) and abs(value) <= WHOLE_MAX:
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, (int, float)):
        return encode_float(float(value))
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        text = value.encode()
        return head(3, len(text)) + text
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(encode, value))
    entries = sorted((encode(key), encode(item)) for key, item in value.items())
    return head(5, len(entries)) + b"".join(key + item for key, item in entries)


def head(major, count):
    if count < 24:
        return bytes([major << 5 | count])
    for info, form in ((24, ">B"), (25, ">H"), (26, ">I"), (27, ">Q")):
        if count < 1 << 8 * struct.calcsize(form):
            return bytes([major << 5 | info]) + struct.pack(form, count)
    raise Refused("a count that is too large")


def encode_float(value):
    for initial, form in ((0xF9, ">e"), (0xFA, ">f")):
        try:
            packed = struct.pack(form, value)
        except OverflowError:
            continue
        if struct.unpack(form, packed)[0] == value:
            return bytes([initial]) + packed
    return b"\xfb" + struct.pack(">d", value)


def decode(data, depth_max=DEPTH_MAX, bytes_max=BYTES_MAX):
    """The value that bytes hold. Raises Refused for anything that `encode` does not give."""
    refuse(len(data) > bytes_max, "too long")
    value, end = decode_at(data, 0, depth_max)
    refuse(end != len(data), "bytes after the value")
    refuse(encode(value) != data, "not the canonical encoding")
    return value


def decode_at(data, at, depth_left):
    refuse(depth_left < 1, "too deep")
    refuse(at >= len(data), "cut short")
    major, info = data[at] >> 5, data[at] & 31
    if major == 7:
        return decode_simple(data, at)
    count, at = decode_count(data, at, info)
    if major == 0:
        refuse(count > WHOLE_MAX, "beyond the integers")
        return count, at
    if major == 1:
        refuse(count > WHOLE_MAX - 1, "beyond the integers")
        return -1 - count, at
    refuse(count > len(data) - at, "cut short")
    if major == 2:
        return data[at : at + count], at + count
    if major == 3:
        return decode_text(data[at : at + count]), at + count
    refuse(major == 6, "a tag")
    refuse(depth_left < 2, "too deep")
    if major == 4:
        items = []
        for _ in range(count):
            item, at = decode_at(data, at, depth_left - 1)
            items.append(item)
        return items, at
    return decode_map(data, at, count, depth_left)


def decode_map(data, at, count, depth_left):
    entries = {}
    for _ in range(count):
        key, at = decode_at(data, at, 1)
        refuse(not isinstance(key, str) or key in entries or key == "__proto__", "no key")
        entries[key], at = decode_at(data, at, depth_left - 1)
    return entries, at


def decode_count(data, at, info):
    if info < 24:
        return info, at + 1
    refuse(info > 27, "no definite length")
    size = 1 << info - 24
    refuse(at + 1 + size > len(data), "cut short")
    return int.from_bytes(data[at + 1 : at + 1 + size], "big"), at + 1 + size


def decode_simple(data, at):
    initial = data[at]
    if initial in (0xF4, 0xF5, 0xF6):
        return {0xF4: False, 0xF5: True, 0xF6: None}[initial], at + 1
    form = {0xF9: ">e", 0xFA: ">f", 0xFB: ">d"}.get(initial)
    refuse(form is None, "no value")
    end = at + 1 + struct.calcsize(form)
    refuse(end > len(data), "cut short")
    value = struct.unpack(form, data[at + 1 : end])[0]
    refuse(value != value or abs(value) == float("inf"), "not finite")
    return value, end


def decode_text(data):
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Refused("no UTF-8") from None
