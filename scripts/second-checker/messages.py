"""Strict protobuf messages (spec 2.1.4) and the messages of the logs (spec/2-index, spec/3-oplog)."""

import re

from values import WHOLE_MAX, Refused, decode, refuse

# Numbers one after the other in one field.
PACKED = [int]
VERSION_UNKNOWN = "a version that is not known"


class Field:
    def __init__(self, number, name, kind, required=True, repeated=False):
        self.number, self.name, self.kind = number, name, kind
        self.required, self.repeated = required and not repeated, repeated


def required(number, name, kind):
    return Field(number, name, kind)


def optional(number, name, kind):
    return Field(number, name, kind, required=False)


def repeated(number, name, kind):
    return Field(number, name, kind, repeated=True)


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def read_varint(data, at):
    value = shift = 0
    while True:
        refuse(at >= len(data) or shift > 63, "a number that is cut short")
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def parse(schema, data):
    """The fields of a message by name. Refuses whatever `build` does not give back."""
    message = {field.name: [] for field in schema if field.repeated}
    by_number = {field.number: field for field in schema}
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        field = by_number.get(key >> 3)
        refuse(field is None, "an unknown field")
        value, at = read_field(field, key & 7, data, at)
        if field.repeated:
            message[field.name].append(value)
        else:
            refuse(field.name in message, "a field twice")
            message[field.name] = value
    for field in schema:
        refuse(field.required and field.name not in message, f"no {field.name}")
    refuse(build(schema, message) != data, "not the canonical form")
    return message


def read_field(field, wire, data, at):
    if field.kind in (int, bool):
        refuse(wire != 0, "another type")
        value, at = read_varint(data, at)
        refuse(value > (WHOLE_MAX if field.kind is int else 1), "a number that is too large")
        return field.kind(value), at
    refuse(wire != 2, "another type")
    length, at = read_varint(data, at)
    refuse(length > len(data) - at, "cut short")
    part = data[at : at + length]
    if field.kind == PACKED:
        return read_packed(part), at + length
    if field.kind is str:
        try:
            return part.decode(), at + length
        except UnicodeDecodeError:
            raise Refused("no UTF-8") from None
    return (part if field.kind is bytes else parse(field.kind, part)), at + length


def read_packed(data):
    values, at = [], 0
    while at < len(data):
        value, at = read_varint(data, at)
        refuse(value > WHOLE_MAX, "a number that is too large")
        values.append(value)
    return values


def build(schema, message):
    out = b""
    for field in schema:
        given = message.get(field.name)
        for value in given if field.repeated else [] if given is None else [given]:
            if field.kind in (int, bool):
                out += varint(field.number << 3) + varint(int(value))
                continue
            part = value.encode() if field.kind is str else value
            if field.kind == PACKED:
                part = b"".join(map(varint, value))
            elif isinstance(field.kind, list):
                part = build(field.kind, value)
            out += varint(field.number << 3 | 2) + varint(len(part)) + part
    return out


def parse_versioned(schema, data):
    version, at = read_varint(data, 1) if data[:1] == b"\x08" else (None, 0)
    refuse(version is not None and version != 1 and varint(version) == data[1:at], VERSION_UNKNOWN)
    message = parse(schema, data)
    refuse(message["version"] != 1, VERSION_UNKNOWN)
    return message


SIGNED_HEAD = [required(1, "length", int), required(2, "treeHash", bytes), required(3, "signature", bytes)]
OUTCOME = [
    required(1, "kind", int),
    required(2, "ts", int),
    required(3, "numChanges", int),
    required(4, "fuel", int),
    optional(5, "code", str),
    optional(6, "message", str),
    optional(7, "metadata", bytes),
    optional(8, "value", bytes),
]
RUN = [
    required(1, "version", int),
    required(2, "head", SIGNED_HEAD),
    required(3, "prevRun", int),
    repeated(4, "outcomes", OUTCOME),
]
BATCH = [
    required(1, "version", int),
    required(2, "number", int),
    required(3, "prevEnd", int),
    required(4, "prevTreeHash", bytes),
    required(5, "prevSignature", bytes),
    required(6, "lastTs", int),
    required(7, "engine", str),
    required(8, "runs", int),
    required(9, "blocks", int),
]
GENESIS = [required(1, "version", int), required(2, "rules", bytes), required(3, "nonce", bytes)]
INDEX_BLOCK = [required(1, "tree", bytes), required(2, "key", bytes), optional(3, "value", bytes)]
ENVELOPE = [required(1, "version", int), required(2, "type", int), required(3, "body", bytes)]
ECHO = [required(1, "length", int), required(2, "treeHash", bytes)]

# spec/6-determinism 6.4.1
ENGINE = re.compile(r"v8-(0|[1-9][0-9]{0,4})\.(0|[1-9][0-9]{0,4})")

KINDS = ["ok", "failed", "undecodable", "too-large", "echo"]
CODES = [
    "contract",
    "engine",
    "process",
    "value",
    "no-handler",
    "never-settles",
    "size",
    "source",
    "fuel",
    "depth",
    "unexecutable",
]


def parse_run(data):
    """A run (2.5.8). What a contract could not give (2.6.2 to 2.6.5) is no matter of form."""
    run = parse_versioned(RUN, data)
    head = run["head"]
    refuse(len(head["treeHash"]) != 32 or len(head["signature"]) != 64, "no head")
    refuse(not run["outcomes"], "no outcome")
    for outcome in run["outcomes"]:
        check_outcome(outcome)
    return run


def check_outcome(outcome):
    kind = outcome["kind"]
    refuse(kind >= len(KINDS), "no kind")
    failed = KINDS[kind] == "failed"
    refuse(("code" in outcome) != failed, "a code where there is none, or none")
    refuse(failed and outcome["code"] not in CODES, "no code")
    refuse("message" in outcome and not failed, "a message where there is none")
    for name in ("metadata", "value"):
        if name in outcome:
            decode(outcome[name])


def parse_batch(data):
    """A batch record (spec/2-index §7)."""
    batch = parse_versioned(BATCH, data)
    is_genesis = batch["number"] == 0
    refuse((batch["prevEnd"] == 0) != is_genesis, "no end before")
    refuse(len(batch["prevTreeHash"]) != (0 if is_genesis else 32), "no tree hash before")
    refuse(len(batch["prevSignature"]) != (0 if is_genesis else 64), "no signature before")
    refuse(not ENGINE.fullmatch(batch["engine"]), "no name of an engine")
    return batch


def parse_envelope(data):
    """A block of an oplog (spec/3-oplog): its type and what it holds."""
    envelope = parse_versioned(ENVELOPE, data)
    refuse(envelope["type"] not in (1, 2), "no type")
    if envelope["type"] == 1:
        return "op", decode(envelope["body"])
    echo = parse(ECHO, envelope["body"])
    refuse(len(echo["treeHash"]) != 32, "no tree hash")
    return "echo", echo


def path_to_key(path):
    """spec/2-index §3. Raises Refused for what is no path."""
    try:
        data = path.encode()
    except UnicodeEncodeError:
        raise Refused("a lone surrogate") from None
    refuse(not path.startswith("/") or "\0" in path or len(data) > 1024, "no path")
    for segment in path[1:].split("/"):
        refuse(segment in ("", ".", ".."), "no segment")
    return data[1:].replace(b"/", b"\0")


def key_to_path(key):
    refuse(b"/" in key, "a slash")
    try:
        path = "/" + key.decode().replace("\0", "/")
    except UnicodeDecodeError:
        raise Refused("no UTF-8") from None
    path_to_key(path)
    return path


def parse_genesis(data):
    """The genesis record (2.2.4)."""
    genesis = parse_versioned(GENESIS, data)
    refuse(len(genesis["nonce"]) != 32, "no nonce")
    return genesis


def parse_run_path(path):
    """The oplog key and first sequence number that the path of a run names; None for any other path."""
    match = re.fullmatch("/\\.sys/acks/([0-9a-f]{64})/([0-9]{15})", path)
    return match and (bytes.fromhex(match[1]), int(match[2]))


def run_path(oplog, first_seq):
    return f"/.sys/acks/{oplog.hex()}/{first_seq:015d}"
