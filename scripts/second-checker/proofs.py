"""Proofs (spec/7-proofs): from bytes and a key to what they show. Raises Refused for whatever shows nothing."""

import logs
from messages import PACKED, optional, parse, parse_versioned, repeated, required
from values import WHOLE_MAX, refuse

LENGTH_MAX = 2**52

PROOF = [required(1, "version", int), required(2, "kind", int), required(3, "body", bytes)]
IDENTITY = [required(1, "signer", bytes), required(2, "userData", bytes)]
HEAD = [required(1, "length", int), required(2, "treeHash", bytes), required(3, "signature", bytes)]
BLOCK = [required(1, "seq", int), required(2, "block", bytes)]
HEAD_BODY = [required(1, "identity", IDENTITY), required(2, "head", HEAD)]
BLOCKS_BODY = [
    required(1, "identity", IDENTITY),
    required(2, "head", HEAD),
    repeated(3, "blocks", BLOCK),
    required(4, "hashes", bytes),
    optional(5, "sizes", PACKED),
]


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


def check_head(identity, head, key):
    signer, user_data = identity["signer"], identity["userData"]
    refuse(logs.log_key(signer, user_data) != key, "another log")
    refuse(head["length"] > LENGTH_MAX, "too long")
    is_head = logs.is_head(signer, user_data, head["length"], head["treeHash"], head["signature"])
    refuse(not is_head, "no head of that log")


def check_blocks_proof(body, key):
    return open_blocks(parse(BLOCKS_BODY, body), key)


def open_blocks(message, key):
    """The proved blocks by sequence number (spec/7-proofs §4)."""
    head = message["head"]
    check_head(message["identity"], head, key)
    seqs = [block["seq"] for block in message["blocks"]]
    refuse(not seqs or seqs != sorted(set(seqs)) or seqs[-1] >= head["length"], "no blocks of that log")
    blocks = {block["seq"]: block["block"] for block in message["blocks"]}
    nodes = Nodes(message["hashes"], message.get("sizes", []))
    roots = walk(head["length"], nodes, blocks)
    nodes.check_end()
    refuse(logs.tree_hash(roots) != head["treeHash"], "another tree")
    return blocks


class Nodes:
    """Hashes and sizes of the subtrees that a proof does not open, in the order of the walk (7.3.3)."""

    def __init__(self, hashes, sizes):
        refuse(len(hashes) != 32 * len(sizes), "no hash for each size")
        self.left = [(size, hashes[32 * n : 32 * n + 32]) for n, size in enumerate(sizes)]

    def take(self, index):
        refuse(not self.left, "a node too few")
        size, hashed = self.left.pop(0)
        return (index, size, hashed)

    def check_end(self):
        refuse(len(self.left) > 0, "a node too many")


def walk(length, nodes, blocks, opens=None):
    """Roots of a log of that length, computed from blocks and nodes. `opens` says which other subtrees are opened."""

    def visit(index):
        level = logs.height(index)
        first = (index - (1 << level) + 1) // 2
        last = first + (1 << level) - 1
        if not any(first <= seq <= last for seq in blocks) and not (opens and opens(first, last)):
            return nodes.take(index)
        if level == 0:
            return logs.leaf(first, blocks[first])
        step = 1 << level - 1
        node = logs.parent(visit(index - step), visit(index + step))
        refuse(node[1] > WHOLE_MAX, "sizes that are too large")
        return node

    return [visit(index) for index in logs.root_indexes(length)]


KINDS = {1: check_head_proof, 2: check_blocks_proof}
