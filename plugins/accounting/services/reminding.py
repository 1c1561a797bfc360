"""Reminders: who is reminded of what today, what is asked for besides, and the letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from babel.dates import format_date
from babel.numbers import format_currency

from weft import Change, Conflict, Invalid, MailFile, RecordRef, Scope, Tenant, locale_in
from weft.contracts import Parties, Party

from ..domain.amounts import ZERO
from ..domain.documents.allocation import OpenItem
from ..domain.documents.dunning import DunningLetter, DunningLevel, DunningPolicy, check_policy, remind
from ..domain.documents.late_payment import late_payment_rule, late_payment_rules
from ..domain.documents.model import DocumentKind
from ..domain.documents.stored import StoredDocument, StoredLine
from ..queries import documents as stored
from ..queries import reminders as kept
from ..queries.reminders import KeptPolicy, KeptReminder
from ..records import ACCOUNT, BOOKS
from . import documents, issuing, printing
from .documents import DocumentDraft
from .posting import by_whom

USUAL = DunningPolicy(
    levels=(
        DunningLevel(title="Reminder", days=7),
        DunningLevel(title="Second reminder", days=21),
        DunningLevel(title="Last reminder", days=35),
    ),
    pause=7,
)
_BY_COUNTRY = {"DE": "de", "FR": "fr", "GB": "gb"}
_POLICY = RecordRef(ACCOUNT, BOOKS, "Reminders")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A letter that would go to a party today."""

    party: Party
    letter: DunningLetter
    numbers: dict[str, str]  # of the documents, by id


@dataclass(frozen=True, slots=True)
class Proposed:
    """All letters of a day, and why there are none where interest lacks its rate."""

    policy: KeptPolicy
    letters: Sequence[Proposal]
    problem: str = ""


async def policy_of(tenant: Tenant) -> KeptPolicy:
    """Return how the business reminds, or the usual way, in the open transaction."""
    return await kept.policy(tenant.scope()) or KeptPolicy(USUAL, _BY_COUNTRY.get(tenant.country, "none"))


async def save_policy(tenant: Tenant, policy: DunningPolicy, law: str, version: int) -> KeptPolicy:
    """Say how the business reminds; raises `Invalid` by field, and `Conflict` when somebody else said so meanwhile."""
    check_policy(policy)
    late_payment_rule(law)
    async with tenant.transaction() as db:
        before = await policy_of(tenant)
        if before.version != version:
            raise Conflict("Somebody else changed how reminders are made meanwhile: look at it again.")
        made = KeptPolicy(policy, law, version + 1)
        await kept.put_policy(db, made)
        await tenant.record(Change(_POLICY, "changed", _told(before), _told(made)))
    return made


def _told(policy: KeptPolicy) -> dict[str, object]:
    levels = [f"{each.title}: {each.days} days, {each.fee:f}" for each in policy.policy.levels]
    return {"levels": levels, "pause": policy.policy.pause, "law": policy.law}


async def propose(tenant: Tenant, day: date, reference_rate: Decimal | None = None) -> Proposed:
    """Return the reminders that are due on a day, largest amounts first, and write nothing."""
    async with tenant.transaction() as db:
        policy = await policy_of(tenant)
        try:
            letters = await _letters(tenant, db, policy, day, reference_rate)
        except Invalid as wrong:
            return Proposed(policy, (), wrong.message)
    return Proposed(policy, sorted(letters, key=lambda each: -each.letter.total))


async def _letters(
    tenant: Tenant, db: Scope, policy: KeptPolicy, day: date, reference_rate: Decimal | None, party: UUID | None = None
) -> list[Proposal]:
    open_ = [each for each in await stored.open_of(db, use="sale", party=party) if each.issued <= day]
    reminded = await kept.reminded(db, [each.id for each in open_])
    parties = await tenant.service(Parties).many(list({each.party for each in open_}))
    by_party: dict[UUID, list[StoredDocument]] = {}
    for each in open_:
        known = parties.get(each.party)
        by_party.setdefault(known.id if known else each.party, []).append(each)
    parties |= {each.id: each for each in parties.values()}
    law = late_payment_rule(policy.law)
    found = []
    for party_id, mine in by_party.items():
        items = [OpenItem(str(each.id), each.currency, each.open * each.kind.sign, each.due, each.issued) for each in mine]
        if party_id not in parties:
            continue
        numbers = {str(each.id): each.number for each in mine}
        letters = remind(items, reminded, policy.policy, day, law=law, reference_rate=reference_rate)
        found += [Proposal(parties[party_id], letter, numbers) for letter in letters]
    return found


async def send(tenant: Tenant, party_id: UUID, day: date, reference_rate: Decimal | None = None) -> int:
    """Send a party the reminders that are due, all or none, and charge it what they ask for besides; returns how many letters that were.

    Charges are an invoice without tax, since damages for late payment are none of a supply (CJEU C-222/81). Raises `Invalid` for a party
    without an address, and `Conflict` when nothing is due any more.
    """
    async with tenant.transaction() as db:
        letters = await _letters(tenant, db, await policy_of(tenant), day, reference_rate, party_id)
        if not letters:
            raise Conflict("Nothing has to be reminded of here any more: it was paid, or reminded of a moment ago.")
        for each in letters:
            if not each.party.email:
                raise Invalid(f"{each.party.name} has no e-mail address: add one to the contact first.")
            charges = await _charge(tenant, each, day)
            await _keep(tenant, db, each, day, charges)
            await _mail(tenant, each, charges)
    return len(letters)


async def _charge(tenant: Tenant, proposal: Proposal, day: date) -> StoredDocument | None:
    """Invoice the fees and the interest of a letter."""
    letter = proposal.letter
    flat, owed = (sum((getattr(line, name) for line in letter.lines), ZERO) for name in ("flat_fee", "interest"))
    words = printing.words_for(proposal.party.language or tenant.locale)
    lines = [
        StoredLine(description=words[title], unit_price=amount, event=event)
        for title, amount, event in (
            ("reminder_fee", letter.fee, "dunning_fees"),
            ("flat_fee", flat, "dunning_fees"),
            ("interest", owed, "interest_income"),
        )
        if amount
    ]
    if not lines:
        return None
    draft = DocumentDraft(
        kind=DocumentKind.INVOICE, party=proposal.party.id, issued=day, currency=letter.currency, lines=tuple(lines), reference=""
    )
    made = await documents.save(tenant, draft)
    return await issuing.post(tenant, made.id, made.version)


async def _keep(tenant: Tenant, db: Scope, proposal: Proposal, day: date, charges: StoredDocument | None) -> None:
    made = [
        KeptReminder(
            document=UUID(line.item.key),
            level=line.level,
            day=day,
            open=line.item.open,
            flat_fee=line.flat_fee,
            interest=line.interest,
            sent_to=proposal.party.email,
            charges=charges.id if charges else None,
        )
        for line in proposal.letter.lines
    ]
    await kept.put(db, made, tenant.now(), by_whom(tenant))
    for each in made:
        document = await documents.find(db, each.document)
        await tenant.record(
            Change(documents.ref(document), "reminded of", {}, {"level": each.level, "open": each.open, "to": each.sent_to})
        )


async def _mail(tenant: Tenant, proposal: Proposal, charges: StoredDocument | None) -> None:
    """Write the letter in the party's language; charges come as PDF."""
    letter, language = proposal.letter, proposal.party.language
    words, locale = printing.words_for(language or tenant.locale), locale_in(tenant, language)
    rows = [
        f"{proposal.numbers[line.item.key]}   {format_date(line.item.due, format='medium', locale=locale)}   "
        f"{format_currency(line.item.open, letter.currency, locale=locale)}"
        for line in letter.lines
    ]
    total = format_currency(letter.total, letter.currency, locale=locale)
    subject = words["reminder_subject" if letter.level == 1 else "reminder_again"].format(sender=tenant.name)
    text = words["reminder_letter"].format(lines="\n".join(rows), total=total, sender=tenant.name)
    files = []
    if charges:
        printed = await printing.document_pdf(tenant, charges.id)
        files.append(MailFile(printed.name, "application/pdf", printed.content))
    await tenant.mail(proposal.party.email, subject, text, files=files)


def laws() -> list[tuple[str, str]]:
    """Return the laws whose fees and interest can be asked for, by code."""
    return [(each.code, each.title) for each in late_payment_rules().values()]
