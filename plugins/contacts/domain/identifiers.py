"""The numbers that registers, tax offices and banks give: which kinds there are, how each is checked, and the one form it is kept in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from stdnum import ean, iban, lei, luhn
from stdnum.at import businessid as at_businessid
from stdnum.au import abn, acn
from stdnum.be import vat as be_vat
from stdnum.br import cnpj, cpf
from stdnum.ca import bn as ca_bn
from stdnum.ch import uid as ch_uid
from stdnum.de import handelsregisternummer as de_register
from stdnum.dk import cvr
from stdnum.es import nif as es_nif
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.fi import ytunnus
from stdnum.fr import siren, siret
from stdnum.gb import utr
from stdnum.in_ import gstin, pan
from stdnum.it import codicefiscale
from stdnum.jp import cn as jp_cn
from stdnum.mx import rfc
from stdnum.no import orgnr as no_orgnr
from stdnum.pl import regon
from stdnum.se import orgnr as se_orgnr
from stdnum.sg import uen
from stdnum.us import ein
from stdnum.util import clean, get_cc_module

from weft.sealed import DOTS, Secret

from .text import tidy

_EU = frozenset({*eu_vat.MEMBER_STATES, "el", "eu", "im"})  # EU and IM: one-stop shop numbers

Reader = Callable[[str, str], str]  # text as typed, country of the party → normalised; raises ValueError with a sentence


@dataclass(frozen=True, slots=True)
class Scheme:
    """A kind of identifier; `country` is where it belongs (ISO 3166-1 alpha-2), empty for anywhere."""

    key: str
    title: str
    example: str
    read: Reader
    show: Callable[[str], str] = str
    country: str = ""
    sealed: bool = False  # nobody reads it in the database, and pages show its end


def _by(module: Any) -> Reader:
    """Return a reader that checks with a module of python-stdnum."""

    def read(text: str, _: str) -> str:
        return str(module.validate(text)).upper()

    return read


def _by_pattern(pattern: str, *, width: int = 0) -> Reader:
    """Return a reader for numbers that have a form and no check digit; digits alone are filled with zeros up to `width`."""

    def read(text: str, _: str) -> str:
        bare = re.sub(r"[\s.\-/]", "", text).upper()
        bare = bare.zfill(width) if bare.isdecimal() else bare
        if not re.fullmatch(pattern, bare, re.ASCII):
            raise InvalidLength
        return bare

    return read


def _npi(text: str, _: str) -> str:
    """Check a National Provider Identifier: ten digits, the first 1 or 2, Luhn over 80840 and the number (45 CFR 162.406)."""
    bare = re.sub(r"[\s\-]", "", text)
    if not re.fullmatch(r"[12]\d{9}", bare, re.ASCII):
        raise InvalidLength
    luhn.validate(f"80840{bare}")
    return bare


def _gln(text: str, _: str) -> str:
    bare = re.sub(r"[\s\-]", "", text)
    if not re.fullmatch(r"\d{13}", bare, re.ASCII):
        raise InvalidLength
    return str(ean.validate(bare))


def _vat(text: str, country: str) -> str:
    """Check a VAT number; one without the letters of its country belongs to `country`.

    The European Union's by its own rules (Directive 2006/112/EC article 215: Greece is EL, Northern Ireland XI), others by their country's.
    """
    bare = clean(text, " -./").upper()
    own = "EL" if country == "GR" else country
    tries = [bare] if (own and bare.startswith(own)) or _knows_vat(bare[:2]) else []
    if own and not bare.startswith(own):
        tries.append(f"{own}{bare}")
    if not tries:
        raise ValueError(f"“{text}” needs the two letters of its country first, such as DE123456788.")
    for each in tries[:-1]:
        try:
            return _prefixed_vat(each)
        except ValidationError:
            continue  # its first letters may be part of a number of the party's own country
    return _prefixed_vat(tries[-1])


def _prefixed_vat(bare: str) -> str:
    prefix = bare[:2]
    if prefix == "CH":  # the words after a Swiss number say in which language it is a VAT number, and are no part of it
        return str(ch_uid.validate(re.sub(r"(MWST|TVA|IVA|TPV)$", "", bare if bare.startswith("CHE") else f"CHE{bare[2:]}")))
    if prefix.lower() in _EU:
        return str(eu_vat.validate(bare)).upper()
    if not _knows_vat(prefix):
        if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{4,20}", bare, re.ASCII):
            return bare  # no rule is known for this country
        raise InvalidLength
    module: Any = get_cc_module(prefix.lower(), "vat")
    number = str(module.validate(bare[2:])).upper()
    return number if number.startswith(prefix) else f"{prefix}{number}"


@lru_cache(maxsize=1024)
def _knows_vat(prefix: str) -> bool:
    code = prefix.lower()
    return code in _EU or bool(re.fullmatch(r"[a-z]{2}", code) and get_cc_module(code, "vat"))


def _reference(text: str, _: str) -> str:
    bare = tidy(text)
    if len(bare) > 64:
        raise ValueError("A reference has at most 64 characters.")
    return bare


def _grouped(value: str) -> str:
    return str(iban.format(value))


_ALL = (
    Scheme("vat", "VAT number", "DE136695976", _vat),
    Scheme("reference", "Reference", "C-10042", _reference),
    Scheme("iban", "IBAN", "GB82 WEST 1234 5698 7654 32", _by(iban), _grouped, sealed=True),
    Scheme("lei", "Legal entity identifier (LEI)", "213800KUD8LAJWSQ9D15", _by(lei)),
    Scheme("gln", "Global location number (GLN)", "4000001000005", _gln),
    Scheme("duns", "D-U-N-S number", "150483782", _by_pattern(r"\d{9}")),
    Scheme("npi", "National provider identifier (NPI)", "1234567893", _npi, country="US"),
    Scheme("ein", "Employer identification number (EIN)", "91-1144442", _by(ein), ein.format, "US"),
    Scheme("siren", "SIREN", "732 829 320", _by(siren), country="FR"),
    Scheme("siret", "SIRET", "732 829 320 00074", _by(siret), siret.format, "FR"),
    Scheme("abn", "Business number (ABN)", "83 914 571 673", _by(abn), abn.format, "AU"),
    Scheme("acn", "Company number (ACN)", "004 085 616", _by(acn), acn.format, "AU"),
    Scheme("gb_company", "Company number", "03977902", _by_pattern(r"\d{8}|[A-Z]{2}\d{6}", width=8), country="GB"),
    Scheme("gb_utr", "Unique taxpayer reference", "1955839661", _by(utr), country="GB", sealed=True),
    Scheme("nl_kvk", "KvK number", "30283937", _by_pattern(r"\d{8}"), country="NL"),
    Scheme("be_enterprise", "Enterprise number", "0428.759.497", _by(be_vat), country="BE"),
    Scheme("ch_uid", "UID", "CHE-100.155.212", _by(ch_uid), ch_uid.format, "CH"),
    Scheme("de_register", "Handelsregister", "Köln HRB 49263", lambda text, _: str(de_register.validate(text)), country="DE"),
    Scheme("at_register", "Firmenbuchnummer", "FN 122119m", lambda text, _: str(at_businessid.validate(text)), country="AT"),
    Scheme("dk_cvr", "CVR number", "13585628", _by(cvr), country="DK"),
    Scheme("no_orgnr", "Organisasjonsnummer", "988 077 917", _by(no_orgnr), no_orgnr.format, "NO"),
    Scheme("se_orgnr", "Organisationsnummer", "123456-7897", _by(se_orgnr), se_orgnr.format, "SE"),
    Scheme("fi_ytunnus", "Y-tunnus", "2077474-0", _by(ytunnus), ytunnus.format, "FI"),
    Scheme("es_nif", "NIF", "54362315K", _by(es_nif), country="ES", sealed=True),
    Scheme("it_cf", "Codice fiscale", "RCCMNL83S18D969H", _by(codicefiscale), country="IT", sealed=True),
    Scheme("pl_regon", "REGON", "192598184", _by(regon), country="PL"),
    Scheme("br_cnpj", "CNPJ", "16.727.230/0001-97", _by(cnpj), cnpj.format, "BR"),
    Scheme("br_cpf", "CPF", "390.533.447-05", _by(cpf), cpf.format, "BR", sealed=True),
    Scheme("ca_bn", "Business number (BN)", "12302 6635 RC 0001", _by(ca_bn), country="CA"),
    Scheme("in_gstin", "GSTIN", "27AAPFU0939F1ZV", _by(gstin), country="IN"),
    Scheme("in_pan", "PAN", "ACUPA7085R", _by(pan), country="IN", sealed=True),
    Scheme("mx_rfc", "RFC", "GODE 561231 GR8", _by(rfc), rfc.format, "MX"),
    Scheme("jp_cn", "Corporate number", "5-8356-7825-6246", _by(jp_cn), jp_cn.format, "JP"),
    Scheme("sg_uen", "UEN", "00192200M", _by(uen), country="SG"),
)
SCHEMES: Mapping[str, Scheme] = {scheme.key: scheme for scheme in _ALL}
SEALED_SCHEMES = frozenset(scheme.key for scheme in _ALL if scheme.sealed)


@lru_cache(maxsize=4096)
def read_identifier(scheme_key: str, text: str, country: str = "") -> str:
    """Return an identifier in the one form it is kept in; reading that again changes nothing.

    `country` is the party's, for numbers that may lack it. Raises `ValueError` with a sentence.
    """
    scheme = SCHEMES.get(scheme_key)
    if scheme is None:
        raise ValueError(f"There is no kind of identifier called “{scheme_key}”.")
    if not tidy(text):
        raise ValueError(f"Enter the {scheme.title}.")
    if DOTS in text:
        raise ValueError("Type the whole number: what is shown is only its end.")
    shown = Secret(text) if scheme.sealed else text
    try:
        return scheme.read(tidy(text), country)
    except InvalidChecksum:
        raise ValueError(f"The check digits of “{shown}” do not fit: compare it with the paper it comes from.") from None
    except ValidationError:
        raise ValueError(f"“{shown}” is not a {scheme.title}: they look like {scheme.example}.") from None


def show_identifier(scheme_key: str, value: str) -> str:
    """Return a kept identifier as people read it."""
    scheme = SCHEMES.get(scheme_key)
    return str(scheme.show(value)) if scheme else value


def told_identifier(scheme_key: str, value: str) -> str:
    """Return a kept identifier as pages, programs and the audit log see it: of a sealed kind only its end."""
    return Secret(value).masked if scheme_key in SEALED_SCHEMES else show_identifier(scheme_key, value)


def scheme_title(scheme_key: str) -> str:
    """Return what people call a scheme; the key of one that is no longer known."""
    return SCHEMES[scheme_key].title if scheme_key in SCHEMES else scheme_key


def possible_identifiers(text: str, country: str = "") -> list[tuple[str, str]]:
    """Return every scheme that a text could belong to, with the form it would be kept in."""
    found = []
    for key in SCHEMES:
        try:
            found.append((key, read_identifier(key, text, country)))
        except ValueError:
            continue
    return found
