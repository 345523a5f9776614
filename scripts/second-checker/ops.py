"""Runs and ops of one batch, held against the state before it (spec/2-index §5 to §8, spec/7-proofs §12)."""

import logs
from batches import Found
from index import subtree
from messages import KINDS, OUTCOME, build, key_to_path, parse_run, parse_run_path, path_to_key
from values import Refused, decode, refuse

SOURCE_PATH = "/.sys/contract/source"
INPUTS = "/.sys/inputs/"


def read_input(data):
    """A participant (2.2.2)."""
    value = decode(data)
    refuse(not isinstance(value, dict) or set(value) != {"active", "oplog", "signer"}, "no participant")
    refuse(not isinstance(value["active"], bool), "no participant")
    for name in ("oplog", "signer"):
        refuse(not isinstance(value[name], bytes) or len(value[name]) != 32, "no key")
    return value


def units(text):
    return len(text.encode("utf-16-le")) // 2


class OpsCheck:
    """Checks what comes after one op against all ops before it. Raises Found."""

    def __init__(self, state, rules, key, last_ts, focus):
        self.state, self.limits, self.key, self.last_ts = state, rules["limits"], key, last_ts
        self.focused_run, self.is_placed = focus
        self.next_seqs, self.last_runs = {}, {}
        self.ops = self.bytes = 0
        self.is_ended = False

    def run(self, run, judge):
        signer = self.check_run(run, (run.block, run.first))
        for n, changes in enumerate(run.changes):
            outcome, seq = run.outcomes[n], run.first + n
            self.check_legal(outcome, run.block, seq)
            self.check_form(outcome, changes, run.block, seq)
            judge(run, seq, signer)
            self.count(outcome, changes)

    def check_run(self, run, at):
        """Where it has to begin, its head, its size, and the run before it; in this order. The signer, where looked at."""
        signer = last = None
        if self.focused_run in ("all", run.block):
            signer = self.signer(run.oplog, at)
            last = self.last_run(run.oplog) if self.is_placed else None
        end = run.first + len(run.outcomes)
        if last:
            next_seq = self.next_seqs.get(run.oplog, last[0])
            if run.first != next_seq:
                raise Found("op-skipped" if run.first > next_seq else "op-repeated", *at)
        if signer:
            head, user_data = run.run["head"], logs.oplog_user_data(self.key)
            is_head = logs.is_head(signer, user_data, head["length"], head["treeHash"], head["signature"])
            if head["length"] < end or not is_head:
                raise Found("op-invented", *at)
        before_last = [len(build(OUTCOME, outcome)) for outcome in run.outcomes[:-1]]
        if before_last and sum(before_last) >= self.limits["runBytesMax"]:
            raise Found("limit-exceeded", *at)
        if last and run.run["prevRun"] != self.last_runs.get(run.oplog, last[1]):
            raise Found("run-invalid", *at)
        self.next_seqs[run.oplog], self.last_runs[run.oplog] = end, run.block
        return signer

    def signer(self, oplog, at):
        """Of the participant that is active at the end of the batch before."""
        data = self.state.get(path_to_key(f"{INPUTS}{oplog.hex()}"))
        participant = data and read_input(data[1])
        if not participant or not participant["active"]:
            raise Found("not-a-participant", *at)
        return participant["signer"]

    def last_run(self, oplog):
        """The op after the last acknowledged one, and the block of the last run."""
        last = self.state.first(*subtree(f"/.sys/acks/{oplog.hex()}"), reverse=True)
        if last is None:
            return 0, 0
        place = parse_run_path(key_to_path(last[0]))
        refuse(place is None, "a run at no path of one")
        return place[1] + len(parse_run(last[1])["outcomes"]), last[2]

    def check_legal(self, outcome, block, seq):
        if self.is_ended:
            raise Found("batch-not-cut", block, seq)
        if self.ops >= self.limits["batchOpsMax"] or self.bytes >= self.limits["batchBytesMax"]:
            raise Found("limit-exceeded", block, seq)
        if outcome["ts"] < self.last_ts:
            raise Found("time-backwards", block, seq)
        self.last_ts = outcome["ts"]
        if "metadata" in outcome and not self.is_value(outcome["metadata"]):
            raise Found("limit-exceeded", block, seq)

    def check_form(self, outcome, changes, block, seq):
        """7.12.10."""
        if KINDS[outcome["kind"]] != "ok" and changes:
            raise Found("wrong-changes", block, seq)
        if outcome.get("code") == "unexecutable":
            bare = {"kind": 1, "ts": outcome["ts"], "numChanges": 0, "fuel": 0, "code": "unexecutable", "message": ""}
            if outcome != bare:
                raise Found("wrong-outcome", block, seq)
        if not all(self.is_possible(*change) for change in changes):
            raise Found("wrong-changes", block, seq)

    def is_possible(self, path, value):
        """Whether some contract could make a change."""
        is_system = path == "/.sys" or path.startswith("/.sys/")
        if value is None:
            return not is_system
        if not self.is_value(value):
            return False
        if not is_system:
            return True
        if path == SOURCE_PATH:
            return isinstance(decode(value), str)
        try:
            participant = read_input(value)
        except Refused:
            return False
        oplog = logs.log_key(participant["signer"], logs.oplog_user_data(self.key))
        return participant["oplog"] == oplog and path == f"{INPUTS}{oplog.hex()}"

    def is_value(self, data):
        try:
            decode(data, self.limits["valueDepthMax"], self.limits["valueBytesMax"])
            return True
        except Refused:
            return False

    def count(self, outcome, changes):
        self.ops += 1
        self.bytes += len(build(OUTCOME, outcome))
        self.bytes += sum(units(path) + len(value or b"") for path, value in changes)
        paths = [path for path, _ in changes]
        self.is_ended = SOURCE_PATH in paths or any(path.startswith(INPUTS) for path in paths)
