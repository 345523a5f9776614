"""Reads the index's tree out of proven blocks (spec/2-index §1, §4; spec/7-proofs §6)."""

from messages import INDEX_BLOCK, PACKED, key_to_path, optional, parse, path_to_key, repeated
from values import WHOLE_MAX, Inconclusive, refuse

TREE = [repeated(1, "levels", [optional(1, "keys", PACKED), optional(2, "children", PACKED)])]
DEPTH_MAX = 32
LOOKUPS_MAX = 32768


class Index:
    """The entries at a version, a batch end, of which a proof has some blocks."""

    def __init__(self, blocks, version):
        self.blocks, self.version, self.used = blocks, version, set()
        self.lookups = 0

    def block(self, seq):
        if seq not in self.blocks:
            raise Inconclusive("a block that is not in the proof")
        self.used.add(seq)
        return parse(INDEX_BLOCK, self.blocks[seq])

    def get(self, key):
        self.count()
        return self.seek(key, False, exact=True)

    def first(self, low, high, reverse=False):
        """The first entry from `low` up to, not including, `high`, or the last one."""
        self.count()
        found = self.seek(high if reverse else low, reverse) if low < high else None
        return found if found and low <= found[0] < high else None

    def count(self):
        self.lookups += 1
        refuse(self.lookups > LOOKUPS_MAX, "too many lookups")

    def seek(self, bound, reverse, exact=False):
        """One descent from the root, comparing keys in the order of a binary search."""
        if self.version < 2:
            return None
        nearest, node, seq = None, self.node(self.version - 1, 0), self.version - 1
        for _ in range(DEPTH_MAX):
            keys, children = node
            at, is_at_bound = self.search(keys, bound)
            if is_at_bound and not reverse:
                return self.entry(keys[at])
            beside = at - 1 if reverse else at
            if 0 <= beside < len(keys):
                nearest = keys[beside]
            if not children:
                return None if exact or nearest is None else self.entry(nearest)
            refuse(children[2 * at] > seq, "a child that came later")
            seq = children[2 * at]
            node = self.node(seq, children[2 * at + 1])
        refuse(True, "too deep")

    def search(self, keys, bound):
        low, high = 0, len(keys)
        while low < high:
            middle = (low + high) // 2
            key = self.block(keys[middle])["key"]
            if key == bound:
                return middle, True
            if bound < key:
                high = middle
            else:
                low = middle + 1
        return low, False

    def node(self, seq, offset):
        levels = parse(TREE, self.block(seq)["tree"])["levels"]
        refuse(offset >= len(levels), "no such node")
        keys, children = levels[offset].get("keys", []), levels[offset].get("children", [])
        refuse(children and len(children) != 2 * len(keys) + 2, "no node")
        return keys, children

    def entry(self, seq):
        block = self.block(seq)
        refuse("value" not in block, "an entry that was deleted")
        return block["key"], block["value"], seq

    def children(self, prefix, reverse=False, offset=0, limit=WHOLE_MAX, cursor=None):
        """A listing (spec/2-index §4): a list of (path, container, value)."""
        base, end = subtree(prefix)
        low, high = base, end
        if cursor is not None:
            own, past = child_bounds(base, cursor)
            low, high = (low, own) if reverse else (past, high)
        items = []
        while len(items) < limit:
            found = self.first(low, high, reverse)
            if found is None:
                break
            name = key_to_path(found[0][len(base) :].split(b"\0")[0])[1:]
            own, past = child_bounds(base, name)
            if offset > 0:
                offset -= 1
            else:
                items.append(self.child(prefix, name, own, past, found))
            low, high = (low, own) if reverse else (past, high)
        return items

    def child(self, prefix, name, own, past, found):
        path = f"/{name}" if prefix == "/" else f"{prefix}/{name}"
        after = own + b"\0"
        if found[0] == own:
            return path, self.first(after, past) is not None, found[1]
        entry = self.first(own, after)
        return path, True, entry[1] if entry else None


def subtree(prefix):
    if prefix == "/":
        return b"", b"\xff"
    key = path_to_key(prefix)
    return key + b"\0", key + b"\1"


def child_bounds(base, name):
    own = base + name.encode()
    return own, own + b"\1"
