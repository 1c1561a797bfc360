"""Reads field 86 of MT940: the German ?20 subfields, their Dutch /TAG/ and Polish cousins, and free text."""

import re

from msgspec.structs import replace

from .statement import Counterparty, Entry, References

# ?00 to ?63 (Deutsche Kreditwirtschaft, DFÜ-Abkommen appendix 3, chapter 8); some banks write > or ~ instead.
_CODED = re.compile(r"\s?(\d{3})(?=[?>~]\d{2})")
_SUBFIELD = re.compile(r"[?>~](\d{2})")
_SEPA = re.compile(r"(EREF|KREF|MREF|BREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|RREF|MTLG)[+:] ?")
_SLASHED = re.compile(r"/(EREF|BENM|ORDP|REMI|ISDT|MARF|CSID|IBAN|BIC|NAME|ADDR|TRTP|TRCD|PREF|PURP|CNTP|RTRN|SVCL|ULTD|ULTB|ID)/")
_NUMBERED = re.compile(r"^(\d{2})", re.MULTILINE)


def read_information(entry: Entry, value: str, structured: bool) -> Entry:
    """Return an entry with what field 86 says of it; `structured` is the older field NS."""
    if structured:
        return _subfields(entry, dict(_split(_NUMBERED, value)), ("01", "14"))
    text = "".join(line.rstrip("\r") for line in value.split("\n"))
    if match := _CODED.match(text):
        coded = replace(entry, code=f"{entry.code} {match[1]}".strip())
        return _subfields(coded, dict(_split(_SUBFIELD, text[match.end() :])))
    if text.startswith("/") and _SLASHED.match(text):
        return _tagged(entry, text)
    plain = " ".join(value.split())
    return replace(entry, remittance=plain)


def _split(pattern: re.Pattern[str], text: str) -> list[tuple[str, str]]:
    """Return key and text of parts that a pattern introduces."""
    found = list(pattern.finditer(text))
    if not found:
        return []
    ends = [each.start() for each in found[1:]] + [len(text)]
    return [(each[1], text[each.end() : end].strip("\n")) for each, end in zip(found, ends, strict=True)]


def _subfields(entry: Entry, parts: dict[str, str], lines: tuple[str, str] = ("20", "29")) -> Entry:
    """Return an entry with the German subfields: `lines` and 60-63 purpose, 30 bank, 31 account, 32-33 name, 00 text."""
    purpose = _purpose([parts[key] for key in sorted(parts) if lines[0] <= key <= lines[1] or "60" <= key <= "63"])
    sepa = dict(_split(_SEPA, purpose))
    told = {key: " ".join(text.split()) for key, text in sepa.items()}
    remittance = told.get("SVWZ") or told.get("MTLG") or (purpose[: _SEPA.search(purpose).start()].strip() if sepa else purpose)  # type: ignore[union-attr]
    account = parts.get("38") or parts.get("31", "") or told.get("IBAN", "")
    return replace(
        entry,
        text=parts.get("00", "").strip() or parts.get("17", "").strip() or entry.text,
        remittance=" ".join(remittance.split()),
        counterparty=Counterparty(
            name=" ".join(f"{parts.get('32', '')}{parts.get('33', '')}".split()) or " ".join(parts.get("15", "").split()),
            account="".join(account.split()),
            bank=parts.get("30", "").strip() or told.get("BIC", ""),
            identifier=told.get("CRED", "").replace(" ", ""),
        ),
        references=References(
            servicer=entry.references.servicer,
            end_to_end=_known(told.get("EREF", "") or told.get("KREF", "")) or entry.references.end_to_end,
            mandate=told.get("MREF", ""),
            cheque=entry.references.cheque,
        ),
        return_reason=parts.get("34", "").strip() if parts.get("34", "").strip().startswith("9") else "",
    )


def _purpose(lines: list[str]) -> str:
    """Return lines of 27 characters as one text: a full line was cut inside a word, a shorter one ended with a space."""
    return "".join(line if len(line) >= 27 or _SEPA.match(line) else f"{line} " for line in lines).strip()


def _tagged(entry: Entry, text: str) -> Entry:
    """Return an entry with what stands between slashes (Rabobank, ABN AMRO, ING)."""
    told: dict[str, str] = {}
    group = ""
    for key, part in _split(_SLASHED, text):
        group = key if key in {"BENM", "ORDP", "CNTP", "ULTD", "ULTB"} else group
        told.setdefault(f"{group}/{key}" if key in {"NAME", "IBAN", "ID"} and group else key, part.strip("/ "))
        told.setdefault(key, part.strip("/ "))
    name = told.get("BENM/NAME") or told.get("ORDP/NAME") or told.get("NAME", "")
    supplementary = entry.text.replace(" ", "")
    return replace(
        entry,
        remittance=" ".join(told.get("REMI", "").replace("USTD//", "").split()),
        counterparty=Counterparty(name=name, account=told.get("IBAN", "") or supplementary, bank=told.get("BIC", "")),
        references=replace(
            entry.references, end_to_end=_known(told.get("EREF", "")) or entry.references.end_to_end, mandate=told.get("MARF", "")
        ),
        return_reason=told.get("RTRN", ""),
    )


def _known(text: str) -> str:
    """Return a reference, or nothing where the bank says that there is none."""
    return "" if text.upper() in {"NOTPROVIDED", "NOT PROVIDED", "NONREF"} else text
