"""Fraud proofs (spec/7-proofs §12): the accused batch, checked as an audit does, over the blocks of the proof alone."""

import logs
from batches import BATCH_PATH, Entries, Found, split_runs
from blocks import BLOCKS_BODY, open_blocks, open_tree
from genesis import GENESIS_PATH, check_genesis
from index import Index
from messages import (
    INDEX_BLOCK,
    key_to_path,
    optional,
    parse,
    parse_batch,
    parse_genesis,
    path_to_key,
    required,
)
from ops import SOURCE_PATH, OpsCheck
from rules import decode_rules
from values import Inconclusive, Refused, TakesMore, refuse

FRAUD_BODY = [
    required(1, "code", str),
    required(2, "start", int),
    required(3, "end", int),
    optional(4, "block", int),
    optional(5, "seq", int),
    required(6, "index", bytes),
    optional(7, "op", bytes),
]
# Their batches are read as a whole (7.12.6), or not at all.
WITHOUT_END = {"genesis-invalid", "record-invalid", "non-canonical-index", "head-inside-batch"}
EXECUTED = {"wrong-outcome", "wrong-changes"}
OF_PARTICIPANT = {"not-a-participant", "op-invented"}
OF_PLACE = {"op-skipped", "op-repeated", "run-invalid"}
CODES = WITHOUT_END | EXECUTED | OF_PARTICIPANT | OF_PLACE | {
    "time-backwards",
    "limit-exceeded",
    "batch-not-cut",
    "unprompted-change",
}


def check_fraud(body, key):
    """The violation that is proved. Raises Inconclusive, TakesMore for what takes a sandbox, else Refused."""
    message = parse(FRAUD_BODY, body)
    code, block, seq = (message.get(name) for name in ("code", "block", "seq"))
    refuse(code not in CODES | {"log-forked"}, "an unknown code")
    index = parse(BLOCKS_BODY, message["index"])
    op = parse(BLOCKS_BODY, message["op"]) if "op" in message else None
    trial = Trial(message, index, op, key)
    try:
        trial.run()
    except Found as found:
        is_accused = code == "genesis-invalid" or (found.block, found.seq) == (block, seq)
        refuse(found.code != code or not is_accused, f"it shows something else: {found.code}")
        refuse(trial.holds_more(), "blocks that are not needed")
        return {"code": code, "block": block, "seq": seq}
    raise Refused("what was published holds")


class Trial:
    def __init__(self, accusation, index, op, key):
        self.code, self.start, self.end = (accusation[name] for name in ("code", "start", "end"))
        self.place = (accusation["block"], accusation["seq"]) if {"block", "seq"} <= accusation.keys() else None
        self.key, self.op = key, op
        self.identity, self.head = index["identity"], index["head"]
        blocks, self.nodes = open_tree(index, key)
        self.entries = Entries(blocks, self.head["length"])
        self.state = Index(blocks, self.start)

    def holds_more(self):
        """7.12.2, of what was found without a sandbox."""
        return self.op is not None or self.entries.used | self.state.used != set(self.entries.blocks)

    def run(self):
        """Raises Found for the first violation."""
        refuse(self.code == "log-forked", "no blocks show it")
        refuse(self.code in WITHOUT_END and self.end != 0, "it has no end")
        if self.code == "head-inside-batch":
            self.check_head()
        elif self.start == 0:
            check_genesis(self.entries, self.identity, self.key)
        else:
            self.check_batch()

    def check_head(self):
        last = self.head["length"] - 1
        try:
            path = key_to_path(parse(INDEX_BLOCK, self.entries.block(last))["key"])
        except Inconclusive:
            raise
        except Refused:
            path = None
        if path != BATCH_PATH:
            raise Found("head-inside-batch", last)

    def check_batch(self):
        refuse(self.start >= self.head["length"], "nothing follows")
        before = self.record_before()
        rules = self.rules()
        entries, record, end = self.open_batch()
        tree_hash = self.tree_hash_at(self.start)
        self.check_record(record, before, end, tree_hash)
        is_whole = self.code in WITHOUT_END or self.place is None
        runs = split_runs(entries, None if is_whole else self.place)
        if is_whole and (not runs or len(runs) != record["runs"]):
            raise Found("record-invalid", end - 1)
        check = OpsCheck(self.state, rules, self.key, before["lastTs"], self.focus())
        for run in runs:
            check.run(run, self.judge)
        if is_whole and record["lastTs"] != check.last_ts:
            raise Found("record-invalid", end - 1)
        if self.code == "non-canonical-index":
            raise TakesMore("a writer of B-trees")

    def rules(self):
        """Of the genesis record, which nothing overwrites (7.12.5)."""
        for seq in sorted(self.entries.blocks):
            if 0 < seq < self.start and self.is_genesis_record(seq):
                path, value = self.entries.entry(seq)
                refuse(value is None, "a state without rules")
                return decode_rules(parse_genesis(value)["rules"])
        raise Inconclusive("no genesis record in the proof")

    def is_genesis_record(self, seq):
        try:
            return key_to_path(parse(INDEX_BLOCK, self.entries.blocks[seq])["key"]) == GENESIS_PATH
        except Refused:
            return False

    def focus(self):
        """The run that is held against its participant, and whether it is held against its last run too (7.12.5)."""
        if self.code == "non-canonical-index":
            return "all", True
        if self.place is None or self.code not in EXECUTED | OF_PARTICIPANT | OF_PLACE:
            return None, False
        return self.place[0], self.code in OF_PLACE

    def record_before(self):
        refuse(self.start < 2, "no batch ends there")
        entry = parse(INDEX_BLOCK, self.entries.block(self.start - 1))
        refuse(key_to_path(entry["key"]) != BATCH_PATH or "value" not in entry, "no batch ends there")
        return parse_batch(entry["value"])

    def tree_hash_at(self, length):
        """7.4.6."""
        roots = [self.nodes.get(index) for index in logs.root_indexes(length)]
        if None in roots:
            raise Inconclusive("a node that is not in the proof")
        return logs.tree_hash(roots)

    def open_batch(self):
        """The entries of the accused batch, its record, and where it ends (7.12.6)."""
        if self.code in WITHOUT_END:
            return self.entries.whole_batch(self.start)
        refuse(not self.start < self.end <= self.head["length"], "no such batch")
        refuse(self.entries.entry(self.end - 1)[0] != BATCH_PATH, "no batch ends there")
        record = self.entries.record(self.end - 1)
        is_other = record["prevEnd"] != self.start or record["blocks"] != self.end - self.start
        refuse(is_other, "the record of another batch")
        return self.entries.part(self.start, self.end), record, self.end

    def check_record(self, record, before, end, tree_hash):
        is_right = (
            record["number"] == before["number"] + 1
            and record["prevEnd"] == self.start
            and record["blocks"] == end - self.start
            and record["prevTreeHash"] == tree_hash
            and logs.is_head(
                self.identity["signer"],
                self.identity["userData"],
                self.start,
                tree_hash,
                record["prevSignature"],
            )
        )
        if not is_right:
            raise Found("record-invalid", end - 1)

    def judge(self, run, seq, signer):
        """What it takes to say more of an op than its form: the op, and a sandbox."""
        if self.code not in EXECUTED or (run.block, seq) != self.place:
            return
        oplog = logs.log_key(signer, logs.oplog_user_data(self.key))
        try:
            refuse(self.op is None, "no op")
            refuse(self.op["head"]["length"] != run.run["head"]["length"], "another head")
            refuse(self.op["head"]["treeHash"] != run.run["head"]["treeHash"], "another head")
            refuse(seq not in open_blocks(self.op, oplog), "another op")
        except Refused as error:
            raise Inconclusive(str(error)) from None
        refuse(self.state.get(path_to_key(SOURCE_PATH)) is None, "a state without a contract")
        raise TakesMore("a sandbox")
