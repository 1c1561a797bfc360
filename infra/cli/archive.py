"""`weft tenant export` and `weft tenant import`."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import click

from core.audit.trail import write_entry
from core.people.tokens import COMMAND
from core.tenancy.catalogue import TenantRecord
from infra.cli.connect import Hands, with_hands
from infra.cli.output import Output, with_output
from tenants.archive.age import export_for, identities_from, is_age, opened_by, recipient_from
from tenants.archive.exporting import Source
from tenants.archive.files import export_to, opened_with
from tenants.archive.importing import Imported, Target, Wanted, import_tenant
from tenants.archive.manifest import Manifest
from tenants.archive.reading import Opened
from tenants.life import KIND
from weft.errors import Missing

PASSPHRASE = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="A file whose first line is the passphrase; - for standard input.  [default: it is asked for]",
)


RECIPIENTS = click.option(
    "--for",
    "recipients",
    multiple=True,
    help="A public key, age1… or the line of an SSH key: only its holder can read the archive. May be given several times.",
)


async def business(held: Hands, slug: str) -> TenantRecord:
    """Return a business by its address; raises `Missing`."""
    record = await held.runtime.catalogue.by_slug(slug)
    if record is None:
        raise Missing(f"There is no business “{slug}”. `weft tenant list` shows those that are.")
    return record


def passphrase_from(file: Path | None, *, twice: bool) -> str:
    """Return the passphrase from a file, or ask for it; raises `click.UsageError` where there is nobody to ask."""
    if file is not None:
        text = sys.stdin.readline() if str(file) == "-" else file.read_text().partition("\n")[0]
        return text.rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError("Say --passphrase-file: there is nobody here to ask for the passphrase.")
    told: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=twice, err=True)
    return told


class Seal(Protocol):
    """Writes an archive to a file in one way or the other."""

    async def __call__(self, source: Source, tenant_id: UUID, path: Path, at: datetime, keys: Mapping[int, bytes]) -> Manifest:
        """Write it."""
        ...


def sealing(recipients: Sequence[str], passphrase_file: Path | None) -> Seal:
    """Return what writes an archive: for public keys, or under a passphrase, which is asked for. Raises `Invalid` and `UsageError`."""
    if recipients and passphrase_file:
        raise click.UsageError("Say --for or --passphrase-file: an archive is sealed in one way.")
    known = [recipient_from(each) for each in recipients]
    passphrase = "" if known else passphrase_from(passphrase_file, twice=True)

    async def seal(source: Source, tenant_id: UUID, path: Path, at: datetime, keys: Mapping[int, bytes]) -> Manifest:
        if known:
            return await export_for(source, tenant_id, path, known, at, keys=keys)
        return await export_to(source, tenant_id, path, passphrase, at, keys=keys)

    return seal


def opening_of(file: Path, identity: Path | None, passphrase_file: Path | None) -> AbstractAsyncContextManager[Opened]:
    """Return what opens an archive, by whatever it is sealed with; raises `Invalid` and `UsageError`."""
    if not is_age(file):
        if identity:
            raise click.UsageError(f"{file} is sealed under a passphrase, not for a public key: leave --identity out.")
        return opened_with(file, passphrase_from(passphrase_file, twice=False))
    if identity is None:
        raise click.UsageError(f"{file} is for a public key: say --identity, the file with the private one.")
    return opened_by(file, identities_from(identity.read_bytes()))


@click.command("export")
@click.argument("slug")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@RECIPIENTS
@PASSPHRASE
@with_output
def export(output: Output, slug: str, file: Path, recipients: tuple[str, ...], passphrase_file: Path | None) -> None:
    """Write everything of a business into one archive FILE, sealed under a passphrase or for a public key.

    It holds every row and file as they were at one moment, the versions of its modules, its roles and members, and its audit log with the
    seals; not what is on its way (jobs, mail, webhooks), nor passwords and tokens. People can go on working meanwhile. `weft tenant import`
    brings it in again, here under another address or elsewhere. Nobody can read it without the passphrase; one for a public key is in the
    age format, which the tool `age` opens as well.

    \b
    Examples:
      weft tenant export acme acme.weft
      weft tenant export acme acme.weft --passphrase-file /run/secrets/archive
      weft tenant export acme acme.age --for age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
    """
    if file.exists():
        raise click.UsageError(f"{file} is there already: choose another name.")
    seal = sealing(recipients, passphrase_file)

    async def work(held: Hands) -> Manifest:
        record = await business(held, slug)
        keys = (await held.runtime.vault.keys_of(record.schema)).keys
        source = Source(held.provisioner, held.runtime.store)
        with output.progress(f"Exporting {slug}"):
            made = await seal(source, record.id, file, held.runtime.now(), keys)
        async with held.runtime.platform.transaction() as db:
            after = {"rows": made.rows, "made": made.made_at}
            await write_entry(db, record.schema, COMMAND, "exported", KIND, record.name, record=record.id, after=after)
        return made

    made = with_hands(work, say=output.say)
    size, files = file.stat().st_size, sum(part.kind == "file" for part in made.parts)
    text = f"{file}: {made.business.name} with {made.rows:,} rows and {files} files, {size:,} bytes."
    if made.lost:
        text += f" {len(made.lost)} files could not be read: their bytes are gone."
    facts = {"file": str(file), "bytes": size, "rows": made.rows, "files": files, "lost": list(made.lost), "made_at": made.made_at}
    output.answer(facts, text)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "slug", required=True, help="The address of the new business.")
@click.option("--name", default="", help="Its name.  [default: the one it had]")
@click.option(
    "--people/--no-people", default=True, show_default=True, help="Let its members in: who is known here at once, others by mail."
)
@click.option(
    "--identity",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file with the private key, for an archive that is for a public one.",
)
@click.option("--quiet", is_flag=True, help="Pause its schedules: a copy beside one that works must not send everything twice.")
@PASSPHRASE
@with_output
def import_(output: Output, file: Path, slug: str, **rest: Any) -> None:
    """Bring an archive in as a new business at the address --as.

    Every part is held against its checksum first. The modules it used must be installed here, in the same version or a newer one; tables
    of older versions are brought up. All of it comes in one transaction: whatever happens, it is there whole or not at all. Members are
    matched by their e-mail; whoever is not known here is invited.

    \b
    Examples:
      weft tenant import acme.weft --as acme
      weft tenant import acme.age --as acme --identity key.txt
      weft tenant import acme.weft --as acme-january --name "Acme in January" --quiet --no-people
    """
    opening = opening_of(file, rest["identity"], rest["passphrase_file"])
    wanted = Wanted(slug, rest["name"], people=rest["people"], quiet=rest["quiet"])

    async def work(held: Hands) -> tuple[Imported, str]:
        target = Target(held.runtime, held.provisioner, held.modules)
        with output.progress(f"Bringing {slug} in"):
            async with opening as opened:
                made = await import_tenant(target, opened, wanted)
        return made, held.settings.tenant_url(slug)

    made, url = with_hands(work, say=output.say)
    output.answer(_told(made, slug, url), _sentence(made, url))


def _told(made: Imported, slug: str, url: str) -> dict[str, Any]:
    people = {"members": made.people.members, "invited": list(made.people.invited), "left_out": list(made.people.left_out)}
    return {"id": made.tenant_id, "slug": slug, "url": url, "rows": made.rows, "files": made.files, **people}


def _sentence(made: Imported, url: str) -> str:
    people = made.people
    text = f"{made.rows:,} rows and {made.files} files are at {url}. {people.members} people belong to it"
    text += f", {len(people.invited)} were invited" if people.invited else ""
    return text + (f"; not let in: {', '.join(people.left_out)}." if people.left_out else ".")


COMMANDS = (export, import_)
