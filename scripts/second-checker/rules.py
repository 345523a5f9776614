"""Rules of a database (spec/1-identity §3), as far as this implementation knows them."""

from values import Inconclusive, decode, refuse

VERSIONS = {
    "protocol": 1,
    "abi": 1,
    "ecmaVersion": 2022,
    "parser": "acorn-8.19.0",
    "fuelSchedule": 1,
    "instrumenter": 2,
    "purity": 1,
    "indexFormat": 1,
    "valueFormat": 1,
}
# Versions that are known besides (1.3.4).
MORE = {"abi": (2,)}
LIMITS = (
    "opBytesMax valueBytesMax valueDepthMax opChangesMax opWriteBytesMax messageUnitsMax runBytesMax batchOpsMax"
    " batchBytesMax fuelMax depthMax"
).split()


def decode_rules(data):
    """Raises Inconclusive for a version that is not known here (1.3.3)."""
    rules = decode(data)
    refuse(not isinstance(rules, dict) or not isinstance(rules.get("limits"), dict), "no rules")
    refuse(set(rules) - {"initialState"} != {*VERSIONS, "limits"}, "other fields")
    for name, known in VERSIONS.items():
        refuse(kind_of(rules[name]) != kind_of(known), "a version of another type")
        if rules[name] != known and rules[name] not in MORE.get(name, ()):
            raise Inconclusive(f"a version that is not known: {name}")
    check_limits(rules["limits"])
    initial = rules.get("initialState", b"\0" * 32)
    refuse(not isinstance(initial, bytes) or len(initial) != 32, "no hash")
    return rules


def kind_of(value):
    """Numbers are of one type (5.1.2)."""
    return float if type(value) is int else type(value)


def check_limits(limits):
    refuse(sorted(limits) != sorted(LIMITS), "other limits")
    refuse(any(type(limit) is not int or limit < 0 for limit in limits.values()), "no limit")
    refuse(limits["valueBytesMax"] > 2**20 or limits["valueDepthMax"] > 64, "too much")
    for name in ("runBytesMax", "batchOpsMax", "batchBytesMax", "fuelMax", "depthMax"):
        refuse(limits[name] < 1, "too little")
    refuse(limits["fuelMax"] >= 2**31 or limits["depthMax"] > 1000, "too much")
