"""Writes what a file says: finds the party that each row is about, updates it or adds it, a batch in a few statements."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from weft import Conflict, Invalid, Numbered, Outcome, RowProblem, Secret, Tenant, Unavailable, Written, read_fields

from ..domain.details import Details, PartyRecord
from ..domain.identifiers import SEALED_SCHEMES
from ..domain.overlay import overlaid
from ..domain.rows import Draft, PartyRow, RowOptions, read_row, same_name
from ..queries import finding, loading
from ..queries.sealing import sealed_parties
from .writing import add_parties, change_parties, home_country

TRIES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A row, and what it came to."""

    row: int
    draft: Draft

    @property
    def keys(self) -> set[tuple[str, str]]:
        """What tells whom it is about."""
        details = self.draft.details
        return {(each.scheme, each.value) for each in details.identifiers} | {("email", point.value) for point in details.emails}


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of the parties that some lines may be about."""

    holders: Mapping[tuple[str, str], UUID]
    by_email: Mapping[str, Sequence[UUID]]
    parties: Mapping[UUID, PartyRecord]


async def write_rows(tenant: Tenant, rows: Sequence[Numbered[PartyRow]], options: Mapping[str, str]) -> Outcome:
    """Add or update the party of each row in the open transaction; rows that cannot be are returned as problems."""
    chosen = read_fields(RowOptions, {name: [value] for name, value in options.items()})
    home = home_country(tenant)
    lines, problems = [], []
    for numbered in rows:
        try:
            lines.append(Line(numbered.row, read_row(numbered.value, chosen, home)))
        except Invalid as wrong:
            problems += [_problem(numbered, column, sentence) for column, sentence in wrong.fields.items()]
    written: list[Written] = []
    for some in rounds(lines):
        waiting = some
        while waiting:  # a row that is about the same party as one before it waits until that one is written
            done, refused, waiting = await _write_surely(tenant, waiting, chosen)
            written += done
            problems += refused
    return Outcome(written, problems)


def rounds(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Split lines so that no two in a round share an identifier or address: each finds what those before it have written."""
    waiting = list(lines)
    while waiting:
        seen: set[tuple[str, str]] = set()
        now: list[Line] = []
        later: list[Line] = []
        for line in waiting:
            (later if line.keys & seen else now).append(line)
            seen |= line.keys
        yield now
        waiting = later


def _problem(numbered: Numbered[PartyRow], column: str, sentence: str) -> RowProblem:
    value = getattr(numbered.value, column, "")
    text = "; ".join(value) if isinstance(value, tuple) else str(value)
    return RowProblem(numbered.row, column, sentence, Secret(text).masked if column in SEALED_SCHEMES else text)


async def _write_surely(tenant: Tenant, lines: Sequence[Line], options: RowOptions) -> tuple[list[Written], list[RowProblem], list[Line]]:
    """Write a round; when somebody else adds the same meanwhile, look again."""
    for attempt in range(TRIES):
        try:
            async with tenant.transaction():
                return await _write_round(tenant, lines, options)
        except Conflict:
            if attempt == TRIES - 1:
                raise Unavailable("Others are changing the same contacts right now: try again in a little while.") from None
    return [], [], []


async def _write_round(tenant: Tenant, lines: Sequence[Line], options: RowOptions) -> tuple[list[Written], list[RowProblem], list[Line]]:
    known = await _known(tenant, lines, options)
    new: list[Line] = []
    changed: dict[UUID, tuple[Line, Details]] = {}
    problems: list[RowProblem] = []
    waiting: list[Line] = []
    for line in lines:
        try:
            target = _target(line.draft, known, options)
            if target is None:
                new.append(line)
            elif target.id in changed:
                waiting.append(line)
            else:
                changed[target.id] = (line, _brought_up_to_date(target, line.draft))
        except Invalid as wrong:
            problems += [RowProblem(line.row, column, sentence) for column, sentence in wrong.fields.items()]
    added = await add_parties(tenant, [line.draft.details for line in new]) if new else []
    written = [Written(line.row, party.id, "created", party.version) for line, party in zip(new, added, strict=True)]
    befores = [known.parties[each] for each in changed]
    afters = await change_parties(tenant, [(before, changed[before.id][1]) for before in befores], "imported") if befores else []
    told = await sealed_parties(tenant.scope(), befores)
    written += [_updated(changed[before.id][0], before, after) for before, after in zip(told, afters, strict=True)]
    return written, problems, waiting


async def _known(tenant: Tenant, lines: Sequence[Line], options: RowOptions) -> Known:
    db = tenant.scope()
    details = [line.draft.details for line in lines]
    holders = await finding.holders(db, [(each.scheme, each.value) for known in details for each in known.identifiers])
    emails = [] if options.match_email == "never" else [point.value for known in details for point in known.emails]
    by_email = await finding.holders_of_emails(db, emails)
    ids = list({*holders.values(), *(party for parties in by_email.values() for party in parties)})
    if ids:
        await loading.lock_parties(db, ids)
    return Known(holders, by_email, await loading.load_parties(db, ids))


def _target(draft: Draft, known: Known, options: RowOptions) -> PartyRecord | None:
    """Return the party that a row is about; nothing for a new one. Raises `Invalid` when that cannot be told."""
    identifiers = draft.details.identifiers
    held = {holder: each for each in identifiers if (holder := known.holders.get((each.scheme, each.value)))}
    if len(held) > 1:
        names = " and ".join(f"“{known.parties[party].details.name}”" for party in held)
        raise Invalid.field(next(iter(held.values())).scheme, f"Its numbers belong to {names}: merge the two first, or correct one.")
    if held:
        return known.parties[next(iter(held))]
    candidates = {party for point in draft.details.emails for party in known.by_email.get(point.value, ())}
    parties = [known.parties[each] for each in candidates]
    alike = [party for party in parties if same_name(party.details, draft.details)]
    found = alike or (parties if options.match_email == "always" else [])
    if len(found) > 1:
        raise Invalid.field("email", f"{len(found)} contacts have this e-mail address: merge them first, or give a reference.")
    return found[0] if found else None


def _brought_up_to_date(party: PartyRecord, draft: Draft) -> Details:
    kind = party.details.kind
    if draft.kind_given and draft.details.kind != kind:
        raise Invalid.field("kind", f"“{party.details.name}” is {'a person' if kind == 'person' else 'an organisation'} here.")
    given = draft.details
    if given.kind != kind:  # a guess of ours does not make another kind of it
        given = msgspec.structs.replace(given, kind=kind, given_name="", family_name="", legal_name="")
    return overlaid(party.details, given)


def _updated(line: Line, before: PartyRecord, after: PartyRecord) -> Written:
    if after.version == before.version:
        return Written(line.row, after.id, "unchanged", after.version)
    return Written(line.row, after.id, "updated", after.version, msgspec.to_builtins(before))
