"""
A second implementation of what proofs rest on: reads spec/vectors and says which of them it does not agree with.
Written from spec/ alone; it shares nothing with the packages, not even their language.

  python3 scripts/second-checker/check_vectors.py
"""

import json
import pathlib
import sys

import logs
import messages
import proofs
import rules
import values
from values import Refused

VECTORS = pathlib.Path(__file__).parents[2] / "spec" / "vectors"


def revive(node):
    """Vectors as Python values: bytes are written {"$hex": "…"}."""
    if isinstance(node, list):
        return [revive(item) for item in node]
    if not isinstance(node, dict):
        return node
    if list(node) == ["$hex"]:
        return bytes.fromhex(node["$hex"])
    return {key: revive(item) for key, item in node.items()}


def refused(read, *given):
    try:
        read(*given)
        return False
    except Refused:
        return True


def check_values(vectors):
    for vector in vectors["valid"]:
        value, data = vector["value"], vector["bytes"]
        yield vector, values.encode(value) == data and values.encode(values.decode(data)) == data
    for vector in vectors["invalid"]:
        yield vector, refused(values.decode, vector["bytes"])


def check_paths(vectors):
    for vector in vectors["valid"]:
        path, key = vector["path"], vector["key"]
        yield vector, messages.path_to_key(path) == key and messages.key_to_path(key) == path
    for vector in vectors["invalid"]:
        yield vector, refused(messages.path_to_key, vector["path"])
    for vector in vectors["invalidKeys"]:
        yield vector, refused(messages.key_to_path, vector["key"])
    order = [messages.path_to_key(path) for path in vectors["sorted"]]
    yield {"comment": "the order of keys"}, order == sorted(order)


def check_manifests(vectors):
    for log in vectors["logs"]:
        given = log["signer"], log["userData"]
        yield log, logs.manifest(*given) == log["manifest"] and logs.log_key(*given) == log["key"]
    for database in vectors["databases"]:
        yield database, key_of(database) == database["key"]
    for oplog in vectors["oplogs"]:
        user_data = logs.oplog_user_data(oplog["indexKey"])
        yield oplog, logs.log_key(oplog["signer"], user_data) == oplog["key"]


def key_of(database):
    content = (database[name] for name in ("source", "founders", "rules", "nonce"))
    return logs.log_key(database["signer"], logs.database_user_data(*content))


def check_heads(vectors):
    for vector in vectors["signed"]:
        head = vector["head"]
        key = logs.log_key(vector["identity"]["signer"], vector["identity"]["userData"])
        signed = logs.signed_bytes(key, head["length"], head["treeHash"])
        container = b"\1\0" + head["signature"] + b"\0\0"
        yield vector, is_head(vector) and (signed, container) == (vector["signable"], vector["container"])
    for vector in vectors["invalid"]:
        yield vector, not is_head(vector)


def is_head(vector):
    identity, head = vector["identity"], vector["head"]
    return logs.is_head(
        identity["signer"], identity["userData"], head["length"], head["treeHash"], head["signature"]
    )


def check_trees(vectors):
    for vector in vectors["hashes"]:
        yield vector, logs.hash_of_blocks(vector["blocks"]) == vector["treeHash"]


def check_envelopes(vectors):
    for vector in vectors["ops"]:
        yield vector, messages.parse_envelope(vector["bytes"]) == ("op", vector["value"])
    for vector in vectors["echoes"]:
        echo = {"length": vector["length"], "treeHash": vector["treeHash"]}
        yield vector, messages.parse_envelope(vector["bytes"]) == ("echo", echo)
    for vector in vectors["invalid"]:
        yield vector, refused(messages.parse_envelope, vector["bytes"])


def check_runs(vectors):
    for vector in vectors["valid"]:
        run, expected = messages.parse_run(vector["bytes"]), vector["run"]
        outcomes = [{**outcome, "kind": messages.KINDS[outcome["kind"]]} for outcome in run["outcomes"]]
        is_same = (run["head"], run["prevRun"]) == (expected["head"], expected["prevRun"])
        yield vector, is_same and outcomes == expected["outcomes"]
    for vector in vectors["invalid"]:
        yield vector, refused(messages.parse_run, vector["bytes"])
    for vector in vectors["paths"]:
        yield vector, messages.run_path(vector["oplog"], vector["firstSeq"]) == vector["path"]


def check_batches(vectors):
    for vector in vectors["valid"]:
        batch = messages.parse_batch(vector["bytes"])
        yield vector, {**vector["record"], "version": 1} == batch
    for vector in vectors["invalid"]:
        yield vector, refused(messages.parse_batch, vector["bytes"])


def check_genesis(vectors):
    for database in vectors["databases"]:
        blocks, head = database["blocks"], database["head"]
        entries = [messages.parse(messages.INDEX_BLOCK, block) for block in blocks[1:]]
        expected = [(messages.path_to_key(entry["path"]), entry["value"]) for entry in database["entries"]]
        content = (database[name] for name in ("source", "founders", "rules", "nonce"))
        user_data = logs.database_user_data(*content)
        is_signed = logs.is_head(
            database["signer"], user_data, head["length"], head["treeHash"], head["signature"]
        )
        is_same = [(entry["key"], entry["value"]) for entry in entries] == expected
        is_whole = logs.hash_of_blocks(blocks) == head["treeHash"] and len(blocks) == head["length"]
        yield database, is_signed and is_same and is_whole and key_of(database) == database["key"]


def check_rules(vectors):
    for vector in vectors["valid"]:
        yield vector, rules.decode_rules(vector["bytes"]) == vector["rules"]
    for vector in vectors["invalid"]:
        yield vector, refused(rules.decode_rules, vector["bytes"])


def check_fraud_proofs(vectors):
    for vector in vectors["valid"]:
        shown = {name: vector.get(name) for name in ("code", "block", "seq")}
        yield vector, verdict_on(vector) == ("takes more" if "takes" in vector else shown)
    for vector in vectors["invalid"]:
        yield vector, verdict_on(vector) == ("takes more" if "takes" in vector else "not proved")
    for vector in vectors["inconclusive"]:
        yield vector, verdict_on(vector) == ("takes more" if "takes" in vector else "inconclusive")
    for vector in vectors["malformed"]:
        yield vector, verdict_on({**vector, "key": bytes(32)}) == "not proved"


def verdict_on(vector):
    try:
        return proofs.check_proof(vector["bytes"], vector["key"])
    except values.Inconclusive:
        return "inconclusive"
    except values.TakesMore:
        return "takes more"
    except Refused:
        return "not proved"


def check_proofs(vectors):
    for vector in vectors["valid"]:
        yield vector, not refused(proofs.check_proof, vector["bytes"], vector["key"])
    for vector in vectors["invalid"]:
        yield vector, refused(proofs.check_proof, vector["bytes"], vector["key"])
    for vector in vectors["malformed"]:
        yield vector, refused(proofs.check_proof, vector["bytes"], bytes(32))


CHECKS = {
    "batches": check_batches,
    "envelopes": check_envelopes,
    "genesis": check_genesis,
    "heads": check_heads,
    "manifests": check_manifests,
    "paths": check_paths,
    "proof-fraud": check_fraud_proofs,
    "rules": check_rules,
    "runs": check_runs,
    "trees": check_trees,
    "values": check_values,
}
# Contracts with what they do and cost: whoever checks them needs a contract engine.
OUT_OF_REACH = {"fuel", "scripts"}


def main():
    agreed, wrong = 0, []
    for file in sorted(VECTORS.glob("*.json")):
        name = file.stem
        if name in OUT_OF_REACH:
            continue
        check = CHECKS.get(name, check_proofs if name.startswith("proof-") else None)
        if check is None:
            wrong.append(f"{name}: nothing here checks these vectors")
            continue
        for vector, agrees in check(revive(json.loads(file.read_text()))):
            if agrees:
                agreed += 1
            else:
                wrong.append(f"{name}: {vector['comment']}")
    for line in wrong:
        print(line)
    print(f"{agreed} vectors agree, {len(wrong)} do not")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
