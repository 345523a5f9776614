"""Blocks of a log under a head (spec/7-proofs §1, §3, §4): what all other proofs are made of."""

import logs
from messages import PACKED, SIGNED_HEAD, optional, repeated, required
from values import WHOLE_MAX, refuse

LENGTH_MAX = 2**52

IDENTITY = [required(1, "signer", bytes), required(2, "userData", bytes)]
BLOCK = [required(1, "seq", int), required(2, "block", bytes)]
BLOCKS_BODY = [
    required(1, "identity", IDENTITY),
    required(2, "head", SIGNED_HEAD),
    repeated(3, "blocks", BLOCK),
    required(4, "hashes", bytes),
    optional(5, "sizes", PACKED),
]

def check_head(identity, head, key):
    signer, user_data = identity["signer"], identity["userData"]
    refuse(logs.log_key(signer, user_data) != key, "another log")
    is_head = logs.is_head(signer, user_data, head["length"], head["treeHash"], head["signature"])
    refuse(not is_head, "no head of that log")


def open_blocks(message, key):
    """The proved blocks by sequence number (spec/7-proofs §4)."""
    return open_tree(message, key)[0]


def open_tree(message, key):
    """The proved blocks by sequence number, and the nodes given and computed by index."""
    head = message["head"]
    check_head(message["identity"], head, key)
    seqs = [block["seq"] for block in message["blocks"]]
    refuse(not seqs or seqs != sorted(set(seqs)) or seqs[-1] >= head["length"], "no blocks of that log")
    blocks = {block["seq"]: block["block"] for block in message["blocks"]}
    nodes = Nodes(message["hashes"], message.get("sizes", []))
    known = {}
    roots = walk(head["length"], nodes, blocks, known=known)
    nodes.check_end()
    refuse(logs.tree_hash(roots) != head["treeHash"], "another tree")
    return blocks, known


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


def walk(length, nodes, blocks, opens=None, known=None):
    """Roots of a log of that length, computed from blocks and nodes. `opens` says which other subtrees are opened;
    `known` takes every node on the way."""
    refuse(length > LENGTH_MAX, "too long")
    known = {} if known is None else known

    def visit(index):
        level = logs.height(index)
        first = (index - (1 << level) + 1) // 2
        last = first + (1 << level) - 1
        if not any(first <= seq <= last for seq in blocks) and not (opens and opens(first, last)):
            known[index] = nodes.take(index)
        elif level == 0:
            known[index] = logs.leaf(first, blocks[first])
        else:
            step = 1 << level - 1
            known[index] = logs.parent(visit(index - step), visit(index + step))
            refuse(known[index][1] > WHOLE_MAX, "sizes that are too large")
        return known[index]

    return [visit(index) for index in logs.root_indexes(length)]
