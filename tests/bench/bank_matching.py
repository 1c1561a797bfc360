"""How long suggestions take: ``python -m tests.bench.bank_matching [LINES ITEMS]``.

Prints one JSON line per figure. The lines are what a bank makes of payments of the items: with their number, with it torn apart, with a
structured reference, with the name alone, of several items at once, in part, with a charge, and of nothing that is open. The baseline is
the same search without an index: every line against every item of its amount's currency, comparing numbers and amounts only.
"""

import random
import sys
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from time import perf_counter
from uuid import UUID

from plugins.accounting.domain.bank.items import BankLine, OpenItem
from plugins.accounting.domain.bank.learning import Example, train
from plugins.accounting.domain.bank.matching import suggest
from tests.bench.figures import Hold, Watch, tell
from weft import new_id

DAY = date(2026, 3, 31)
FIRST = (
    "Nord",
    "Alpen",
    "Blau",
    "Stern",
    "Hanse",
    "Rhein",
    "Berg",
    "Linden",
    "Falken",
    "Wald",
    "Silber",
    "Eichen",
    "Kupfer",
    "Morgen",
    "Sonnen",
)
SECOND = (
    "bau",
    "handel",
    "technik",
    "werk",
    "logistik",
    "druck",
    "hof",
    "mode",
    "optik",
    "garten",
    "papier",
    "stahl",
    "glas",
    "motor",
    "wein",
)
FORMS = ("GmbH", "AG", "KG", "Ltd", "GmbH & Co. KG", "S.A.")


def books(count: int, rng: random.Random) -> list[OpenItem]:
    """Return open invoices of a tenth as many customers; amounts repeat as prices do."""
    parties = []
    for at in range(count // 10):
        name = f"{rng.choice(FIRST)}{rng.choice(SECOND)} {rng.choice(FIRST)}{at % 97} {rng.choice(FORMS)}"
        parties.append((new_id(), name))
    items = []
    for at in range(count):
        party, name = parties[rng.randrange(len(parties))]
        issued = DAY - timedelta(days=rng.randrange(5, 120))
        amount = Decimal(rng.choice((1990, 4900, 9900, 11900, 23800)) if rng.random() < 0.3 else rng.randrange(500, 900_000)) / 100
        items.append(
            OpenItem(
                id=new_id(),
                amount=amount,
                currency="EUR",
                number=f"INV-2026-{at:06}",
                references=(f"{at:026}",) if at % 3 == 0 else (),
                party=party,
                party_name=name,
                issued_on=issued,
                due_on=issued + timedelta(days=30),
            )
        )
    return items


def payments(items: list[OpenItem], count: int, rng: random.Random) -> tuple[list[BankLine], dict[UUID, set[UUID]]]:
    """Return lines, and which items each of them pays."""
    lines: list[BankLine] = []
    truth: dict[UUID, set[UUID]] = {}
    by_party: dict[UUID | None, list[OpenItem]] = {}
    for each in items:
        by_party.setdefault(each.party, []).append(each)
    for at in range(count):
        item = items[rng.randrange(len(items))]
        kind, amount, text, name, paid = at % 8, item.amount, "", item.party_name, {item.id}
        if kind in {0, 5, 6}:
            text = f"Rechnung {item.number} vielen Dank"
        elif kind == 1:
            text = f"RE {item.number[:9]} {item.number[9:]} / Kunde 4711"
        elif kind == 2:
            text = f"Ref {item.references[0]}" if item.references else item.number
        elif kind == 3:
            text = "Zahlung laut Auszug"
        elif kind == 4:
            several = by_party[item.party][:3]
            amount, paid = sum((each.amount for each in several), Decimal(0)), {each.id for each in several}
            text = ", ".join(each.number for each in several)
        elif kind == 7:
            text, name, paid = "Miete Lager 7", "Grundstücksverwaltung Ost", set()
            amount = Decimal(rng.randrange(1_000_000, 2_000_000)) / 100
        if kind == 5:
            amount = (amount / 2).quantize(Decimal("0.01"))
        if kind == 6:
            amount -= min(Decimal("2.50"), (amount * Decimal("0.02")).quantize(Decimal("0.01")))
        line = BankLine(id=new_id(), amount=amount, currency="EUR", booked_on=DAY, name=name.upper(), text=text)
        lines.append(line)
        truth[line.id] = paid
    return lines, truth


def unindexed(lines: list[BankLine], items: list[OpenItem]) -> int:
    """Compare every line with every item."""
    return sum(1 for line in lines for item in items if item.amount == line.amount or item.number in line.text)


def main(count: int, open_items: int) -> None:
    """Print the figures."""
    rng = random.Random(11649)
    items = books(open_items, rng)
    lines, truth = payments(items, count, rng)
    sample = lines[:20]
    begun = perf_counter()
    unindexed(sample, items)
    baseline = (perf_counter() - begun) * len(lines) / len(sample)
    watch = Watch()
    found = suggest(lines, items)
    seconds, worked = watch.seconds(), watch.worked()
    title = f"suggestions for {count:,} bank lines against {open_items:,} open items"
    tell(title, seconds, "s", baseline=baseline, baseline_is="every line against every item, from 20 lines", hold=Hold(2))
    tell("the same, of the processor", worked, "s", hold=Hold(2))
    results: Counter[str] = Counter()
    for line in lines:
        best = found[line.id][0] if found[line.id] else None
        right = truth[line.id] == ({each.item for each in best.parts} if best and best.score >= 0.5 else set())
        results["right"] += right
        if best and best.certain:
            results["certain"] += 1
            results["certain and wrong"] += not right
    for name in ("right", "certain", "certain and wrong"):
        hold = Hold(0) if name == "certain and wrong" else None
        tell(f"of these, {name}", results[name] / count * 100, "%", hold=hold)
    examples = [
        Example(each.features, each.kind, {part.item for part in each.parts} == truth[line.id])
        for line in lines
        for each in found[line.id]
        if each.kind != "rule"
    ]
    begun = perf_counter()
    train(examples)
    tell(f"learning from {len(examples):,} decisions, scikit-learn loaded", perf_counter() - begun, "s")


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:3]) if len(sys.argv) > 2 else (1_000, 50_000))
