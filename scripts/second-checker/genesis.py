"""What genesis has to be (spec/1-identity §2, §4; spec/2-index §2), as far as it takes no B-tree and no sandbox."""

import logs
from batches import Found
from messages import parse_genesis, path_to_key
from ops import INPUTS, SOURCE_PATH, read_input
from rules import decode_rules
from signatures import tagged
from values import Inconclusive, Refused, TakesMore, decode, encode, refuse

ANY_SIZE = 2**53
GENESIS_PATH = "/.sys/acks/genesis"


def check_genesis(entries, identity, key):
    """Raises Found, or TakesMore where nothing is wrong but the tree or the contract may be."""
    found, _, _ = entries.whole_batch(0)
    try:
        check_content([(path, value) for _, path, value in found], identity)
    except Inconclusive:
        raise
    except Refused:
        raise Found("genesis-invalid") from None
    raise TakesMore("a writer of B-trees, and a sandbox")


def check_content(entries, identity):
    refuse(len(entries) < 2, "nothing there")
    (source_path, source), *rest, (genesis_path, genesis) = entries
    refuse(source_path != SOURCE_PATH or not source, "no contract")
    refuse(genesis_path != GENESIS_PATH or not genesis, "no genesis record")
    source = decode(source, bytes_max=ANY_SIZE)
    refuse(not isinstance(source, str), "a contract that is no text")
    inputs = [value for path, value in rest if f"{path}/".startswith(INPUTS)]
    founders = [read_input(value or b"")["signer"] for value in inputs]
    refuse(not founders, "no founder")
    record = parse_genesis(genesis)
    rules = decode_rules(record["rules"])
    user_data = logs.database_user_data(source, founders, record["rules"], record["nonce"])
    refuse(user_data != identity["userData"], "another genesis")
    check_initial_state(rest[len(inputs) :], rules)


def check_initial_state(state, rules):
    """1.4.2, 1.4.3."""
    if "initialState" not in rules:
        refuse(len(state) > 0, "entries that the rules do not commit to")
        return
    for path, value in state:
        refuse(value is None or path == "/.sys" or path.startswith("/.sys/"), "no initial state")
        decode(value)
    ordered = sorted(state, key=lambda entry: path_to_key(entry[0]))
    hashed = tagged("vitra/initial-state/1", encode([[path, value] for path, value in ordered]))
    refuse(hashed != rules["initialState"], "another initial state")
