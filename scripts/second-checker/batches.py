"""Batches as they were published (spec/2-index §5 to §7), over the blocks of a proof."""

from messages import INDEX_BLOCK, key_to_path, parse, parse_batch, parse_run, parse_run_path
from values import Inconclusive, Refused, refuse

BATCH_PATH = "/.sys/batch"


class Found(Exception):
    """A violation: its code, and where it stands."""

    def __init__(self, code, block=None, seq=None):
        super().__init__(code)
        self.code, self.block, self.seq = code, block, seq


class Entries:
    """The entries of an index, of which a proof has some blocks."""

    def __init__(self, blocks, length):
        self.blocks, self.length, self.used = blocks, length, set()

    def block(self, seq):
        if seq not in self.blocks:
            raise Inconclusive("a block that is not in the proof")
        self.used.add(seq)
        return self.blocks[seq]

    def entry(self, seq):
        """The path and value of an entry; the value is None where it is a delete (7.12.15)."""
        block = self.block(seq)
        try:
            entry = parse(INDEX_BLOCK, block)
            return key_to_path(entry["key"]), entry.get("value")
        except Refused:
            raise Found("record-invalid", seq) from None

    def record(self, seq):
        """The batch record in a block that is at its path."""
        value = self.entry(seq)[1]
        try:
            refuse(value is None, "a record that is deleted")
            return parse_batch(value)
        except Refused:
            raise Found("record-invalid", seq) from None

    def whole_batch(self, start):
        """The entries from a length on, up to the next batch record; that record, and the length after it (7.12.6)."""
        found = []
        for seq in range(max(start, 1), self.length):
            path, value = self.entry(seq)
            if path == BATCH_PATH:
                return found, self.record(seq), seq + 1
            found.append((seq, path, value))
        raise Found("head-inside-batch", self.length - 1)

    def part(self, start, end):
        """The entries of a batch that ends at a length, one by one."""
        for seq in range(start, end - 1):
            path, value = self.entry(seq)
            refuse(path == BATCH_PATH, "a batch that ends before")
            yield seq, path, value


class PublishedRun:
    def __init__(self, block, place, run, changes):
        self.block, self.run, self.changes = block, run, changes
        self.oplog, self.first = place
        self.outcomes = run["outcomes"]


def split_runs(entries, until):
    """Runs with the changes of their outcomes (2.5.5). `until`: the block and op behind which nothing is read."""
    rest = iter(entries)
    runs = []
    for seq, path, value in rest:
        place = parse_run_path(path)
        if place is None or value is None:
            raise Found("unprompted-change", seq)
        try:
            run = parse_run(value)
        except Refused:
            raise Found("run-invalid", seq) from None
        is_last = until is not None and until[0] == seq
        changes = []
        for n, outcome in enumerate(run["outcomes"]):
            if is_last and place[1] + n > until[1]:
                break
            changes.append(list(take_changes(rest, outcome["numChanges"], seq, place[1] + n)))
        runs.append(PublishedRun(seq, place, run, changes))
        if is_last:
            break
    return runs


def take_changes(rest, count, block, seq):
    for _ in range(count):
        _, path, value = next(rest, (None, None, None))
        if path is None or parse_run_path(path) is not None:
            raise Found("wrong-changes", block, seq)
        yield path, value
