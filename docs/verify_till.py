"""Checks an archive of tills exported from Weft, with nothing but Python's library.

    python verify_till.py archive.zip                  is every record as its till wrote it, does none miss, and do the closings add up?
    python verify_till.py archive.zip --sha256 9f3a…   and is the archive the one whose hash was written down when it was made?
    python verify_till.py archive.zip --head T1:8f3a…  and is this hash, that of a till's last record elsewhere, in the till's chain?

It uses no line of Weft's. A record's hash is SHA-256 over the record without `hash`, as canonical JSON (RFC 8785): members in order, no
spaces, UTF-8; each record holds the hash of the one before. A closing's hash is taken over its facts and the hash of the one before.
Exit code 0: all is well; 1: it is not, and everything that is wrong is named; 2: the file cannot be read.
"""

# ruff: noqa: INP001, PTH123, T201
import argparse
import hashlib
import io
import json
import sys
import zipfile
from collections import defaultdict
from decimal import Decimal, InvalidOperation

ZERO = "0" * 64
LIMIT = 1 << 33  # bytes of one file in an archive: more is no archive of tills


def canonical_hash(value):
    """Return SHA-256 in hex over a value as canonical JSON; the numbers in it are whole ones."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Wrong(list):
    """Everything that is not as it should be."""

    def unless(self, holds, sentence):
        """Note a sentence unless something holds."""
        if not holds:
            self.append(sentence)


def lines_of(archive, name):
    """Yield the values of a file with one JSON value on each line."""
    if archive.getinfo(name).file_size > LIMIT:
        raise ValueError(f"{name} is larger than any archive of tills")
    with io.TextIOWrapper(archive.open(name), encoding="utf-8") as file:
        yield from map(json.loads, file)


def check_files(archive, wrong):
    """Check that every file is the one the manifest names, and that no other was put in."""
    manifest = json.loads(archive.read("manifest.json"))
    names = {each.filename for each in archive.infolist()} - {"manifest.json"}
    for name in sorted(names ^ set(manifest)):
        wrong.append(f"{name} is {'not in the manifest' if name in names else 'missing'}.")
    for name in sorted(names & set(manifest)):
        found = hashlib.sha256()
        with archive.open(name) as file:
            while part := file.read(1 << 20):
                found.update(part)
        wrong.unless(found.hexdigest() == manifest[name], f"{name} was changed since the archive was made.")


def turnover(record):
    """Return what a receipt counts in closings: its total without the gift cards it sold; nothing for training."""
    receipt = record.get("receipt")
    if not receipt or receipt["kind"] == "training":
        return Decimal(0)
    stored = sum((Decimal(line["amount"]) for line in receipt["lines"] if line.get("stored_value")), Decimal(0))
    return Decimal(receipt["total"]) - stored


def check_receipt(record, name, wrong):
    """Check that what a receipt was paid with is what it came to."""
    receipt = record["receipt"]
    paid = sum((Decimal(tender["amount"]) for tender in receipt["tenders"]), Decimal(0))
    due = Decimal(receipt["total"]) + Decimal(receipt.get("rounding", "0"))
    wrong.unless(paid == due, f"{name}: receipt {receipt['reference']} came to {due} and was paid with {paid}.")


def check_till(archive, told, heads, wrong):
    """Check a till's records; returns what each counts in closings, by its number."""
    code, found, seen = told["code"], {}, set()
    seq, head, numbers = told["first"] - 1, told["previous"], {}
    for record in lines_of(archive, f"records/{code}.jsonl"):
        name = f"Till {code}, record {record['seq']}"
        wrong.unless(record["till"] == code, f"{name} is of till {record['till']}.")
        wrong.unless(record["seq"] == seq + 1, f"{name} stands where record {seq + 1} should.")
        wrong.unless(record["previous"] == head, f"{name} does not follow from the record before.")
        body = {key: value for key, value in record.items() if key != "hash"}
        wrong.unless(canonical_hash(body) == record["hash"], f"{name} is not what its hash was taken over.")
        if receipt := record.get("receipt"):
            check_receipt(record, name, wrong)
            training = receipt["kind"] == "training"
            wrong.unless(numbers.get(training, receipt["number"] - 1) == receipt["number"] - 1, f"{name}: a receipt before it is missing.")
            numbers[training] = receipt["number"]
        seq, head = record["seq"], record["hash"]
        found[seq] = turnover(record)
        seen.add(head)
    wrong.unless((seq, head) == (told["last"], told["head"]), f"Till {code} ends at record {seq}, and ended at {told['last']}.")
    for each in heads:
        wrong.unless(each in seen, f"Till {code} has no record with the hash {each}: its chain was written anew.")
    return found


def check_closings(archive, turnovers, wrong):
    """Check the closings; returns how many there are."""
    closings = defaultdict(list)
    for closing in lines_of(archive, "closings.jsonl"):
        closings[closing["till"], closing["kind"]].append(closing)
    by_number = {(till, kind, each["number"]): each for (till, kind), found in closings.items() for each in found}
    for (till, kind), found in closings.items():
        before = None
        for closing in sorted(found, key=lambda each: each["number"]):
            name = f"Closing {closing['number']} of the {kind} of till {till}"
            facts = {**closing["facts"], "previous": closing["previous"]}
            wrong.unless(canonical_hash(facts) == closing["hash"], f"{name} is not what its hash was taken over.")
            if before or closing["number"] == 1:
                last = before["hash"] if before else ZERO
                total = Decimal(before["facts"]["perpetual_total"]) if before else Decimal(0)
                wrong.unless(closing["previous"] == last, f"{name} does not follow from the one before.")
                now = Decimal(closing["facts"]["perpetual_total"])
                wrong.unless(total + Decimal(closing["facts"]["grand_total"]) == now, f"{name}: the perpetual total {now} does not follow.")
            check_sum(closing, name, turnovers.get(till, {}), by_number, wrong)
            before = closing
    return sum(map(len, closings.values()))


def check_sum(closing, name, turnovers, by_number, wrong):
    """Check that a closing is the sum of its receipts, or of the closings it names, where all of them are in the archive."""
    if closing["kind"] == "day":
        parts = [turnovers.get(seq) for seq in closing["records"]]
    else:
        smaller = {"month": "day", "year": "month"}[closing["kind"]]
        known = [by_number.get((closing["till"], smaller, number)) for number in closing["facts"]["parts"]]
        parts = [Decimal(each["facts"]["grand_total"]) if each else None for each in known]
    if None not in parts:
        total = Decimal(closing["facts"]["grand_total"])
        wrong.unless(sum(parts, Decimal(0)) == total, f"{name} is {total}, and its parts come to {sum(parts, Decimal(0))}.")


def check_archive(name, heads):
    """Check an archive; returns what is wrong, and what is to be told when nothing is."""
    wrong = Wrong()
    with zipfile.ZipFile(name) as archive:
        about = json.loads(archive.read("archive.json"))
        if about.get("archive") != "weft tills 1":
            raise ValueError("it is no archive of Weft's tills")
        check_files(archive, wrong)
        turnovers = {told["code"]: check_till(archive, told, heads.get(told["code"], ()), wrong) for told in about["tills"]}
        for code in sorted(set(heads) - set(turnovers)):
            wrong.append(f"There is no till {code} in the archive.")
        count = check_closings(archive, turnovers, wrong)
    records = sum(map(len, turnovers.values()))
    told = f"{records} records of {len(turnovers)} tills are as they were written, none is missing, and {count} closings add up."
    ends = [f"Last record of till {each['code']}: {each['last']}, {each['head']}" for each in about["tills"]]
    return wrong, "\n".join([f"{about['business']}, {about['first']} to {about['last']}:", told, *ends])


def main():
    """Check one archive and tell what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="an archive")
    parser.add_argument("--sha256", default="", help="the hash that was written down when it was made")
    parser.add_argument(
        "--head", action="append", default=[], metavar="TILL:HASH", help="the hash of a till's record, known from elsewhere"
    )
    given = parser.parse_args()
    heads = defaultdict(list)
    for each in given.head:
        code, _, value = each.partition(":")
        heads[code].append(value.lower())
    try:
        if given.sha256:
            with open(given.file, "rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != given.sha256.lower():
                print(f"The archive's hash is {found}: it is not the one that was written down.")
                return 1
        wrong, told = check_archive(given.file, heads)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidOperation, zipfile.BadZipFile) as broken:
        print(f"{given.file} cannot be read as an archive of Weft's tills: {broken!r}", file=sys.stderr)
        return 2
    print("\n".join(wrong) if wrong else told)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
