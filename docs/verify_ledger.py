"""Checks books exported from Weft, and proofs about them, with nothing but Python's library.

    python verify_ledger.py bundle.zip                   is all of the auditor's bundle as it was sealed, and do its figures tie out?
    python verify_ledger.py ledger.jsonl                 is every entry as it was sealed, does it balance, is no number missing?
    python verify_ledger.py bundle.zip --root 120:8f3a…  and was the root over 120 entries the one you once wrote down?
    python verify_ledger.py proof.json                   is the entry in the books, or are the older books the beginning of the newer?

It uses no line of Weft's. The tree is that of RFC 6962, section 2.1, over SHA-256; `leaf()` says what is hashed of an entry.
Exit code 0: all is well; 1: it is not, and the first thing that is wrong is named; 2: the file cannot be read.
"""

# ruff: noqa: INP001, PTH123, T201
import argparse
import csv
import io
import json
import sys
import zipfile
from collections import defaultdict
from decimal import Decimal, InvalidOperation
from hashlib import sha256

LIMIT = 1 << 33  # bytes of one file in a bundle: more is no books


class Wrong(Exception):
    """The first thing that is not as it should be."""


def leaf(entry):
    """Return the hash of an entry: SHA-256 of a zero byte and its JSON in UTF-8, no spaces, members sorted by name."""
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(b"\0" + text.encode()).digest()


def _node(left, right):
    return sha256(b"\1" + left + right).digest()


def root_of(peaks):
    """Return the root over full subtrees, told from left to right."""
    root = peaks[-1] if peaks else sha256(b"").digest()
    for peak in reversed(peaks[:-1]):
        root = _node(peak, root)
    return root.hex()


class Figures:
    """What entries come to: sums by account, lines in all, and which numbers each journal has in each year."""

    def __init__(self):
        self.accounts, self.lines, self.numbers = defaultdict(lambda: [Decimal(0), Decimal(0)]), 0, defaultdict(set)

    def take(self, entry):
        """Check that an entry balances in each currency and in base currency, and count it."""
        name, sums, base = entry["reference"], defaultdict(Decimal), Decimal(0)
        for place, line in enumerate(entry["lines"], 1):
            if line["position"] != place:
                raise Wrong(f"Entry {name} has no line {place}.")
            amount = Decimal(line["base"])
            sums[line["currency"]] += Decimal(line["amount"])
            base += amount
            self.accounts[line["account"]][amount < 0] += abs(amount)
            self.lines += 1
        for currency, left in sums.items():
            if left:
                raise Wrong(f"Entry {name} does not balance: {left} {currency} too much.")
        if base:
            raise Wrong(f"Entry {name} does not balance in base currency: {base} too much.")
        taken = self.numbers[entry["journal"], entry["year"]]
        if entry["number"] in taken:
            raise Wrong(f"Entry {name}: its number is taken twice.")
        taken.add(entry["number"])

    def gaps(self):
        """Check that each journal counts from 1 without a gap in each year."""
        for (journal, year), taken in self.numbers.items():
            if max(taken) != len(taken) or min(taken) != 1:
                missing = next(number for number in range(1, max(taken) + 1) if number not in taken)
                raise Wrong(f"Number {missing} of journal {journal} is missing in year {year}.")


def check_books(lines, anchors):
    """Check every entry and every seal of the books; `anchors` maps sizes to roots that were written down elsewhere."""
    rows = map(json.loads, lines)
    total, peaks, size, seals, figures = next(rows)["size"], [], 0, {}, Figures()
    for row in rows:
        if "seal" in row:
            seals[row["seal"]] = row["root"]
            continue
        entry = row["entry"]
        if row["position"] != size:
            raise Wrong(f"The entry at place {size} is missing: {entry['reference']} stands in its place.")
        figures.take(entry)
        hashed, full = leaf(entry), size
        while full & 1:
            hashed, full = _node(peaks.pop(), hashed), full >> 1
        peaks.append(hashed)
        size += 1
        if size in seals and seals[size] != root_of(peaks):
            raise Wrong(f"The seal over {size} entries does not fit them: an entry since the seal before was changed, or the seal was.")
        if size in anchors and anchors[size] != root_of(peaks):
            raise Wrong(f"The books were rewritten: over {size} entries they had another root.")
    for wanted in sorted({*seals, *anchors, total}):
        if wanted > size:
            raise Wrong(f"The books end after {size} entries, and once had {wanted}.")
    if size and size not in seals:
        raise Wrong(f"No seal covers the entries up to {size}.")
    figures.gaps()
    told = f"{size} entries with {figures.lines} lines are as they were sealed, balance, and lack no number. Root: {size}:{root_of(peaks)}"
    return told, figures


def check_bundle(file, anchors):
    """Check the books of a bundle, and that its tables say the same."""
    with zipfile.ZipFile(file) as bundle:

        def opened(name):
            if bundle.getinfo(name).file_size > LIMIT:
                raise Wrong(f"{name} is larger than any books.")
            return io.TextIOWrapper(bundle.open(name), encoding="utf-8-sig", newline="")

        with opened("ledger.jsonl") as books:
            told, figures = check_books(books, anchors)
        lines, sums = 0, defaultdict(lambda: [Decimal(0), Decimal(0)])
        with opened("entries.csv") as table:
            for row in csv.DictReader(table):
                lines += 1
                for side, name in enumerate(("Debit", "Credit")):
                    sums[row["Account id"]][side] += Decimal(row[name] or 0)
        if lines != figures.lines:
            raise Wrong(f"entries.csv has {lines} lines, the sealed entries have {figures.lines}.")
        _same("entries.csv", sums, figures.accounts)
        with opened("trial_balance.csv") as table:
            rows = {
                row["Account id"]: [Decimal(row["Debit"]), Decimal(row["Credit"])] for row in csv.DictReader(table) if row["Account id"]
            }
        _same("trial_balance.csv", rows, figures.accounts)
    return f"{told}\nentries.csv and trial_balance.csv say the same."


def _same(name, found, sealed):
    for account in {*found, *sealed}:
        if list(found.get(account, (0, 0))) != list(sealed.get(account, (0, 0))):
            raise Wrong(f"{name} says something else of account {account} than the sealed entries.")


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
    """Check that an entry is in the books (RFC 9162, 2.1.3.2)."""
    place, size = int(proof["position"]), int(proof["size"])
    hashed = sha256(b"\0" + proof["leaf"].encode()).digest()
    if not 0 <= place < size or climb(place, size - 1, proof["path"], [hashed]) != [proof["root"]]:
        raise Wrong("The entry is not in the books with this root.")
    return f"The entry is number {place} of the books. Root: {size}:{proof['root']}\n{proof['leaf']}"


def check_consistency(proof):
    """Check that older books are the beginning of newer ones (RFC 9162, 2.1.4.2)."""
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
        raise Wrong("The older books are not the beginning of the newer ones.")
    return f"The books of {older} entries are the beginning of those of {size}. Root: {size}:{proof['root']}"


def check_file(name, anchors):
    """Check a bundle, books or a proof; returns what is to be told."""
    if zipfile.is_zipfile(name):
        return check_bundle(name, anchors)
    with open(name, encoding="utf-8") as file:
        first = json.loads(file.readline())
        if first.get("ledger") == "weft ledger 1":
            file.seek(0)
            return check_books(file, anchors)[0]
    return {"ledger inclusion": check_inclusion, "ledger consistency": check_consistency}[first["proof"]](first)


def main():
    """Check one file and tell what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="a bundle, books, or a proof about them")
    parser.add_argument("--root", action="append", default=[], metavar="SIZE:ROOT", help="a root written down earlier")
    given = parser.parse_args()
    try:
        told = check_file(given.file, {int(size): root.lower() for size, _, root in (each.partition(":") for each in given.root)})
    except Wrong as wrong:
        return str(wrong)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidOperation, StopIteration, zipfile.BadZipFile) as broken:
        print(f"{given.file} cannot be read as books or a proof of Weft's: {broken!r}", file=sys.stderr)
        return 2
    print(told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
