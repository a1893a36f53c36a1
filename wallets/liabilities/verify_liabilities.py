#!/usr/bin/env python3
"""Check by yourself that what a firm owes you is in the sum it published.

    python3 verify_liabilities.py MY-LEAVES.json [ROOTS]

MY-LEAVES.json is the file you downloaded on the page "Proof of liabilities". ROOTS is where the
published roots are: a file, or an address such as https://FIRM/api/v1/liabilities/7 . Get it from
a place of your own choosing and compare it with what others see: a firm that shows each customer
another root proves nothing.

Nothing but Python's standard library is needed, and nothing is sent anywhere. All hashes are
SHA-256, an amount is 16 bytes, big end first:

    id   = H(02 | salt | name)
    leaf = H(00 | id | amount)
    node = H(01 | left | left amount | right | right amount), its amount is the two together
"""

import hashlib
import json
import pathlib
import sys
import urllib.request


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def amount(units):
    if units < 0:
        raise SystemExit("WRONG: an amount on the way is below zero.")
    return units.to_bytes(16, "big")


def root_of(leaf):
    """(hash, units) that a leaf and its path lead to."""
    units = int(leaf["units"])
    leaf_id = sha256(b"\x02", bytes.fromhex(leaf["salt"]), leaf["name"].encode())
    found = sha256(b"\x00", leaf_id, amount(units))
    for step in leaf["path"]:
        other, other_units = bytes.fromhex(step["hash"]), int(step["units"])
        own, theirs = (found, amount(units)), (other, amount(other_units))
        left, right = (theirs, own) if step["side"] == "left" else (own, theirs)
        found = sha256(b"\x01", *left, *right)
        units += other_units
    return found.hex(), units


def decimal(units, scale):
    digits = str(units).rjust(scale + 1, "0")
    return f"{digits[: len(digits) - scale]}.{digits[len(digits) - scale :]}" if scale else digits


def tell(sentence):
    sys.stdout.write(sentence + "\n")


def read(place):
    if place.startswith(("https://", "http://")):
        with urllib.request.urlopen(place, timeout=30) as answer:
            return json.load(answer)
    return json.loads(pathlib.Path(place).read_text(encoding="utf-8"))


def problems(own, published):
    """What does not fit, in sentences; an empty list is the proof."""
    found, names = [], set()
    roots = {row["asset"]: row for row in published["roots"]} if published else {}
    if published and (published["id"], published["seq"]) != (own["publication"], own["seq"]):
        found.append("The published roots are those of another moment.")
    for asset in own["assets"]:
        code, balance = asset["asset"], 0
        wanted = (asset["root_hash"], int(asset["total_units"]))
        if published:
            root = roots.get(code)
            if root is None or (root["root_hash"], int(root["total_units"])) != wanted:
                found.append(f"{code}: the published root is another one.")
        for part, leaf in enumerate(asset["leaves"]):
            if leaf["name"] != f"{own['publication']}:{code}:{own['account']}:{part}":
                found.append(f"{code}: a leaf is not yours: {leaf['name']}")
            if leaf["name"] in names:
                found.append(f"{code}: a leaf is counted twice.")
            names.add(leaf["name"])
            balance += int(leaf["units"])
            if root_of(leaf) != wanted:
                found.append(f"{code}: leaf {part + 1} does not lead to the root.")
        if balance != int(asset["balance_units"]):
            found.append(f"{code}: the leaves are not the balance.")
    return found


def main(arguments):
    if not 1 <= len(arguments) <= 2:
        raise SystemExit(__doc__)
    own = read(arguments[0])
    published = read(arguments[1]) if len(arguments) == 2 else None
    wrong = problems(own, published)
    for sentence in wrong:
        tell(f"WRONG: {sentence}")
    if wrong:
        raise SystemExit(1)
    tell(f"Account {own['account']}, engine seq {own['seq']}, {own['as_of']}")
    for asset in own["assets"]:
        scale = asset["scale"]
        tell(
            f"  {decimal(int(asset['balance_units']), scale)} {asset['asset']} is in the root "
            f"{asset['root_hash']}, whose sum is {decimal(int(asset['total_units']), scale)}"
        )
    if published is None:
        tell("Compare these roots with what the firm has published, and with what others see.")


if __name__ == "__main__":
    main(sys.argv[1:])
