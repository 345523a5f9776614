"""Proofs (spec/7-proofs): from bytes and a key to what they show. Raises Refused for whatever shows nothing."""

import re

import logs
from blocks import BLOCKS_BODY, IDENTITY, LENGTH_MAX, Nodes, check_head, open_blocks, walk
from fraud import check_fraud
from index import Index
from messages import (
    INDEX_BLOCK,
    PACKED,
    SIGNED_HEAD,
    key_to_path,
    optional,
    parse,
    parse_batch,
    parse_run,
    parse_versioned,
    path_to_key,
    repeated,
    required,
)
from signatures import verify
from values import WHOLE_MAX, refuse

PROOF = [required(1, "version", int), required(2, "kind", int), required(3, "body", bytes)]
HEAD_BODY = [required(1, "identity", IDENTITY), required(2, "head", SIGNED_HEAD)]
CONSISTENCY_BODY = [
    required(1, "identity", IDENTITY),
    required(2, "from", SIGNED_HEAD),
    required(3, "to", SIGNED_HEAD),
    required(4, "hashes", bytes),
    optional(5, "sizes", PACKED),
]
LIST_QUERY = [
    required(1, "prefix", str),
    optional(2, "reverse", bool),
    optional(3, "offset", int),
    optional(4, "limit", int),
    optional(5, "cursor", str),
]
STATE_BODY = [
    required(1, "index", BLOCKS_BODY),
    repeated(2, "queries", [optional(1, "path", str), optional(2, "list", LIST_QUERY)]),
]
EQUIVOCATION_BODY = [
    required(1, "identity", IDENTITY),
    required(2, "first", SIGNED_HEAD),
    optional(3, "second", SIGNED_HEAD),
    optional(4, "fork", int),
    optional(5, "block", bytes),
    required(6, "hashes", bytes),
    optional(7, "sizes", PACKED),
]
RECEIPT_OPS = [
    repeated(1, "blocks", bytes),
    required(2, "hashes", bytes),
    optional(3, "sizes", PACKED),
]
RECEIPT_BODY = [
    required(1, "index", BLOCKS_BODY),
    required(2, "signer", bytes),
    required(3, "seq", int),
    repeated(4, "ops", RECEIPT_OPS),
]
QUERIES_MAX = 256


def check_proof(data, key):
    """What a proof shows of the log, or the database, of `key`."""
    proof = parse_versioned(PROOF, data)
    check = KINDS.get(proof["kind"])
    refuse(check is None, "an unknown kind")
    return check(proof["body"], key)


def check_head_proof(body, key):
    message = parse(HEAD_BODY, body)
    check_head(message["identity"], message["head"], key)
    return message["head"]


def check_blocks_proof(body, key):
    return open_blocks(parse(BLOCKS_BODY, body), key)


def check_consistency_proof(body, key):
    message = parse(CONSISTENCY_BODY, body)
    old, new = message["from"], message["to"]
    for head in (old, new):
        check_head(message["identity"], head, key)
    short, long = cut_tree(message, old["length"], new["length"])
    refuse(short != old["treeHash"] or long != new["treeHash"], "another history")
    return old, new


def cut_tree(message, cut, length):
    """Tree hashes at two lengths, from nodes of the longer tree opened at the shorter length (spec/7-proofs §5)."""
    refuse(cut > length or length > LENGTH_MAX, "no tree")
    nodes = Nodes(message["hashes"], message.get("sizes", []))
    taken, take = [], nodes.take

    def note(index):
        taken.append(take(index))
        return taken[-1]

    nodes.take = note
    roots = walk(length, nodes, {}, lambda first, last: first < cut <= last)
    nodes.check_end()
    return logs.tree_hash([node for node in taken if node[0] < 2 * cut - 1]), logs.tree_hash(roots)


def check_state_proof(body, key):
    """Answers to the queries, at the batch end that the head names (spec/7-proofs §6)."""
    message = parse(STATE_BODY, body)
    queries = message["queries"]
    refuse(not 1 <= len(queries) <= QUERIES_MAX, "no queries")
    version = message["index"]["head"]["length"]
    index = Index(open_blocks(message["index"], key), version)
    refuse(version < 2, "no batch end")
    check_batch_record(index.block(version - 1))
    answers = [answer(index, query) for query in queries]
    refuse(index.used != set(index.blocks), "blocks that answer nothing")
    return answers


def answer(index, query):
    refuse(("path" in query) == ("list" in query), "no query")
    if "path" in query:
        return index.get(path_to_key(query["path"]))
    asked = query["list"]
    refuse(asked.get("reverse") is False or asked.get("offset") == 0, "an option that means nothing")
    refuse(asked.get("limit") == WHOLE_MAX, "an option that means nothing")
    if asked["prefix"] != "/":
        path_to_key(asked["prefix"])
    if "cursor" in asked:
        refuse("/" in asked["cursor"], "no name")
        path_to_key("/" + asked["cursor"])
    return index.children(**asked)


def check_equivocation_proof(body, key):
    """Two heads that cannot both be of one history, or a fork (spec/7-proofs §5)."""
    message = parse(EQUIVOCATION_BODY, body)
    identity, first, second = message["identity"], message["first"], message.get("second")
    refuse(logs.log_key(identity["signer"], identity["userData"]) != key, "another log")
    refuse((second is None) != ("fork" in message), "two forms in one")
    if second is None:
        return check_fork(message, key)
    for head in (first, second):
        check_head(identity, head, key)
    if first["length"] == second["length"]:
        refuse(holds_blocks(message), "nodes for nothing")
        refuse(first["treeHash"] >= second["treeHash"], "one head, or two in the other order")
        return first, second
    refuse(first["length"] > second["length"] or "block" not in message, "two lengths take a block of the longer log")
    blocks = {first["length"] - 1: message["block"]}
    nodes = Nodes(message["hashes"], message.get("sizes", []))
    known = {}
    roots = walk(second["length"], nodes, blocks, known=known)
    nodes.check_end()
    refuse(logs.tree_hash(roots) != second["treeHash"], "another tree")
    short = logs.tree_hash([known[index] for index in logs.root_indexes(first["length"])])
    refuse(short == first["treeHash"], "one history")
    return first, second


def holds_blocks(message):
    return message["hashes"] != b"" or "sizes" in message or "block" in message


def check_fork(message, key):
    head = message["first"]
    refuse(message["fork"] < 1 or holds_blocks(message), "no fork")
    refuse(len(head["treeHash"]) != 32, "no tree hash")
    signed = logs.signed_bytes(key, head["length"], head["treeHash"], message["fork"])
    refuse(not verify(signed, head["signature"], message["identity"]["signer"]), "not signed")
    return head, None


def check_receipt(body, key):
    """The ops of a call with their outcomes and changes, as the executor published them (spec/7-proofs §9)."""
    message = parse(RECEIPT_BODY, body)
    blocks = open_blocks(message["index"], key)
    identity = {"signer": message["signer"], "userData": logs.oplog_user_data(key)}
    oplog = logs.log_key(identity["signer"], identity["userData"])
    left, seq, ops = list(blocks), message["seq"], []
    refuse(not message["ops"], "no ops")
    for group in message["ops"]:
        refuse(not left, "a run too few")
        at = left.pop(0)
        first, run = read_run(blocks[at], oplog)
        refuse(run["head"]["length"] < first + len(run["outcomes"]), "a head that does not reach the end")
        numbered = [{"seq": seq + n, "block": block} for n, block in enumerate(group["blocks"])]
        open_blocks({**group, "identity": identity, "head": run["head"], "blocks": numbered}, oplog)
        for block in group["blocks"]:
            refuse(not first <= seq < first + len(run["outcomes"]), "an op of another run")
            before = run["outcomes"][: seq - first]
            outcome = run["outcomes"][seq - first]
            start = at + 1 + sum(other["numChanges"] for other in before)
            places = list(range(start, start + outcome["numChanges"]))
            refuse(left[: len(places)] != places, "other changes")
            left = left[len(places) :]
            ops.append((seq, block, outcome, [read_change(blocks[place]) for place in places]))
            seq += 1
    refuse(len(left) > 0, "blocks that show nothing")
    return ops


def read_change(block):
    change = parse(INDEX_BLOCK, block)
    return key_to_path(change["key"]), change.get("value")


def read_run(block, oplog):
    """The first sequence number of a run of that oplog, and the run."""
    entry = parse(INDEX_BLOCK, block)
    parts = key_to_path(entry["key"]).split("/")
    refuse(parts[:3] != ["", ".sys", "acks"] or len(parts) != 5 or "value" not in entry, "no run")
    refuse(parts[3] != oplog.hex() or not re.fullmatch("[0-9]{15}", parts[4]), "no run of that oplog")
    return int(parts[4]), parse_run(entry["value"])


def check_batch_record(entry):
    refuse(entry["key"] != path_to_key("/.sys/batch") or "value" not in entry, "no batch end")
    parse_batch(entry["value"])


KINDS = {
    1: check_head_proof,
    2: check_blocks_proof,
    3: check_consistency_proof,
    4: check_state_proof,
    5: check_equivocation_proof,
    6: check_receipt,
    7: check_fraud,
}
