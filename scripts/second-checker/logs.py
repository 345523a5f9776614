"""Keys of logs, heads and hypercore's Merkle tree (spec/1-identity, spec/7-proofs §1, §3)."""

from signatures import blake2b, tagged, verify
from values import WHOLE_MAX, Refused, encode, refuse


def namespace(number):
    return blake2b(blake2b(b"hypercore"), bytes([number]))


def u64(value):
    return value.to_bytes(8, "little")


def manifest(signer, user_data):
    refuse(len(signer) != 32 or len(user_data) > 252, "no identity")
    return b"\x02\x08\x00\x01\x01\x00" + namespace(4) + signer + bytes([len(user_data)]) + user_data


def log_key(signer, user_data):
    return blake2b(namespace(3), manifest(signer, user_data))


def database_user_data(source, founders, rules, nonce):
    content = {"source": source, "founders": sorted(founders), "rules": rules, "nonce": nonce}
    return b"vitra/db/1" + tagged("vitra/genesis/1", encode(content))


def oplog_user_data(index_key):
    return b"vitra/oplog/1" + index_key


def signed_bytes(key, length, tree_hash, fork=0):
    return namespace(0) + key + tree_hash + u64(length) + u64(fork)


def is_head(signer, user_data, length, tree_hash, signature, fork=0):
    if not 1 <= length <= WHOLE_MAX or len(tree_hash) != 32:
        return False
    try:
        key = log_key(signer, user_data)
    except Refused:
        return False
    return verify(signed_bytes(key, length, tree_hash, fork), signature, signer)


# The tree. A node is (index, size, hash); block n is node 2n.


def leaf(seq, block):
    return (2 * seq, len(block), blake2b(b"\0", u64(len(block)), block))


def height(index):
    return ((index + 1) & -(index + 1)).bit_length() - 1


def parent_index(index):
    step = 1 << height(index)
    return index - step if index & 2 * step else index + step


def sibling_index(index):
    step = 2 << height(index)
    return index - step if index & step else index + step


def parent(left, right):
    size = left[1] + right[1]
    return (parent_index(left[0]), size, blake2b(b"\1", u64(size), left[2], right[2]))


def root_indexes(length):
    """Roots of a log, left to right: one for each bit of its length, from the highest."""
    roots, start = [], 0
    for bit in reversed(range(length.bit_length())):
        if length >> bit & 1:
            roots.append(2 * start + (1 << bit) - 1)
            start += 1 << bit
    return roots


def tree_hash(roots):
    return blake2b(b"\2", *(hashed + u64(index) + u64(size) for index, size, hashed in roots))


def hash_of_blocks(blocks):
    roots = []
    for seq, block in enumerate(blocks):
        node = leaf(seq, block)
        while roots and sibling_index(node[0]) == roots[-1][0]:
            node = parent(roots.pop(), node)
        roots.append(node)
    return tree_hash(roots)
