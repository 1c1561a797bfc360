"""Checks an audit log exported from Weft, and proofs about it, with nothing but Python's library.

    python verify_audit.py log.jsonl                     is the log as it was sealed?
    python verify_audit.py log.jsonl --root 120:8f3a…    and was its root over 120 entries the one you once wrote down?
    python verify_audit.py proof.json                    is the entry in the log, or the older log the beginning of the newer one?

It uses no line of Weft's. The tree is that of RFC 6962, section 2.1, over SHA-256; `leaf()` says what is hashed of an entry.
Exit code 0: all is well; 1: it is not, and the first thing that is wrong is named; 2: the file cannot be read.
"""

# ruff: noqa: INP001, PTH123, T201
import argparse
import functools
import json
import sys
from hashlib import sha256
from json.encoder import encode_basestring as quoted


class Digits(str):
    """A number as it was written: an entry keeps its digits."""


class Wrong(Exception):
    """The first thing that is not as it should be."""


read = functools.partial(json.loads, parse_float=Digits, parse_int=Digits)


def canonical(value):
    """Write JSON in the one way that is hashed: no spaces, members sorted by code point, strings escaped no more than JSON demands."""
    if isinstance(value, str):
        return str(value) if isinstance(value, Digits) else quoted(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{quoted(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return {True: "true", False: "false", None: "null"}[value]


def leaf(entry):
    """Return the hash of an entry: SHA-256 of a zero byte and its canonical JSON in UTF-8."""
    return sha256(b"\0" + canonical(entry).encode()).digest()


def _node(left, right):
    return sha256(b"\1" + left + right).digest()


def root_of(peaks):
    """Return the root over full subtrees, told from left to right."""
    root = peaks[-1] if peaks else sha256(b"").digest()
    for peak in reversed(peaks[:-1]):
        root = _node(peak, root)
    return root.hex()


def check_log(total, rows, anchors):
    """Check every entry and every seal of a log; `anchors` maps sizes to roots that were written down elsewhere."""
    peaks, size, seals = [], 0, {}
    for row in rows:
        if "seal" in row:
            seals[int(row["seal"])] = row["root"]
            continue
        if int(row["position"]) != size:
            raise Wrong(f"Entry {size} is missing: entry {row['position']} stands in its place.")
        hashed, full = leaf(row["entry"]), size
        while full & 1:
            hashed, full = _node(peaks.pop(), hashed), full >> 1
        peaks.append(hashed)
        size += 1
        if size in seals and seals[size] != root_of(peaks):
            raise Wrong(f"The seal over {size} entries does not fit them: an entry since the seal before was changed, or the seal was.")
        if size in anchors and anchors[size] != root_of(peaks):
            raise Wrong(f"The log was rewritten: over {size} entries it had another root.")
    for wanted in sorted({*seals, *anchors, total}):
        if wanted > size:
            raise Wrong(f"The log ends after {size} entries, and once had {wanted}.")
    if size and size not in seals:
        raise Wrong(f"No seal covers the entries up to {size}.")
    return f"{size} entries are as they were sealed. Root: {size}:{root_of(peaks)}"


def climb(place, last, path, hashes):
    """Walk a proof up to the root: a sibling on the left joins all hashes, one on the right the last of them only."""
    for sibling in map(bytes.fromhex, path):
        if place & 1 or place == last:
            hashes = [_node(sibling, each) for each in hashes]
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hashes = [*hashes[:-1], _node(hashes[-1], sibling)]
        place, last = place >> 1, last >> 1
    if last:
        raise Wrong("The proof is not as long as the tree is high.")
    return [each.hex() for each in hashes]


def check_inclusion(proof):
    """Check that an entry is in a log (RFC 9162, 2.1.3.2)."""
    place, size = int(proof["position"]), int(proof["size"])
    hashed = sha256(b"\0" + proof["leaf"].encode()).digest()
    if not 0 <= place < size or climb(place, size - 1, proof["path"], [hashed]) != [proof["root"]]:
        raise Wrong("The entry is not in the log with this root.")
    return f"The entry is number {place} of the log. Root: {size}:{proof['root']}\n{proof['leaf']}"


def check_consistency(proof):
    """Check that an older log is the beginning of a newer one (RFC 9162, 2.1.4.2)."""
    older, size, path = int(proof["older"]), int(proof["size"]), proof["path"]
    first, ended = proof["older_root"], [] if path else [proof["older_root"]] * 2
    if 0 < older < size:
        place, last = older - 1, size - 1
        while place & 1:
            place, last = place >> 1, last >> 1
        if older & (older - 1):
            first, *path = path
        ended = climb(place, last, path, [bytes.fromhex(first)] * 2)
    if not 0 < older <= size or ended != [proof["older_root"], proof["root"]]:
        raise Wrong("The older log is not the beginning of the newer one.")
    return f"The log of {older} entries is the beginning of the one of {size}. Root: {size}:{proof['root']}"


def main():
    """Check one file and tell what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="a log, or a proof about one")
    parser.add_argument("--root", action="append", default=[], metavar="SIZE:ROOT", help="a root written down earlier")
    given = parser.parse_args()
    try:
        anchors = {int(size): root.lower() for size, _, root in (each.partition(":") for each in given.root)}
        with open(given.file, encoding="utf-8") as file:
            first = read(file.readline())
            if first.get("log") == "weft audit log 1":
                told = check_log(int(first["size"]), map(read, file), anchors)
            else:
                told = {"inclusion": check_inclusion, "consistency": check_consistency}[first["proof"]](first)
    except Wrong as wrong:
        return str(wrong)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as broken:
        print(f"{given.file} cannot be read as a log or a proof of Weft's: {broken!r}", file=sys.stderr)
        return 2
    print(told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
