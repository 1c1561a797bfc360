"""What the installation is told by its environment."""

import hmac
import os
from collections.abc import Mapping
from hashlib import sha256
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import quote, urlsplit

import msgspec

from core.cells.servers import HOME, CellServers, read_cells

PLATFORM_LOGIN = "weft_platform"


LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Misconfigured(RuntimeError):
    """The environment lacks something, or says something that cannot be; the text says what to set."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Read once, at the composition root, and passed on."""

    database_url: str  # where the database is; whom to log in as is added by `login()`
    redis_url: str
    secret_key: str
    provisioner_url: str = ""  # only the operator's process is told
    data_dir: Path = Path(".weft")
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = "http://localhost:8000"
    log_level: str = "INFO"
    log_json: bool = True
    smtp_url: str = ""  # empty: mail is kept, and shown on the local mailbox page
    mail_from: str = "Weft <no-reply@localhost>"
    files_url: str = ""  # empty: a folder below `data_dir`; "s3://bucket/prefix" for a bucket
    demo: bool = False
    strict: bool = False  # a transaction that wrote without telling the audit log raises
    pool_size: int = 8  # connections to tenants, per process
    own_pool_size: int = 8  # connections to strictly isolated tenants, per process
    vault_key: str = ""  # wraps the data keys of businesses; empty: one derived from the secret key
    vault_old_keys: str = ""  # what it was before, with commas between, until `weft vault rotate` has gone through
    metrics_token: str = ""  # who asks for /metrics must send it; empty: nobody must
    webhook_networks: str = ""  # networks that webhooks may reach though they are not public, with commas between
    api_rate: int = 1200  # requests a minute for each API token; 0: no limit
    api_business_rate: int = 3600  # for all tokens of a business together
    wal_days: int = 0  # how many days back one business can be brought back as it was; 0: no WAL is kept
    wal_dir: str = ""  # where WAL and base backups are kept
    wal_url: str = ""  # a database login that may replicate; empty: the provisioner's, which may on the embedded server
    postgres_bin: str = ""  # a folder with PostgreSQL's programs, of the version of the server; empty: the embedded ones
    trusted_proxies: int = 0  # how many proxies before us may be believed about the client's address
    cells: tuple[CellServers, ...] = ()  # further servers with businesses of their own; none: this is the only one
    cell: str = HOME  # which of them these settings are for
    only_cell: str = ""  # the one that commands, workers and the operator work for; empty: commands for the home cell, the others for all
    home_database_url: str = ""  # where the directory is, in the settings of another cell

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the variables; raises `Misconfigured`."""
        needed = {name: environment.get(name, "") for name in ("WEFT_DATABASE_URL", "WEFT_REDIS_URL", "WEFT_SECRET_KEY")}
        if missing := [name for name, value in needed.items() if not value]:
            raise Misconfigured(f"Set {' and '.join(missing)}, or start everything with `weft up`, which sets them.")
        port = _whole(environment, "WEFT_PORT", 8000, 1, 65535)
        base_url = environment.get("WEFT_BASE_URL", f"http://localhost:{port}").rstrip("/")
        if urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).hostname:
            raise Misconfigured(f"WEFT_BASE_URL is “{base_url}”: set it to the address people type, such as https://weft.example.")
        log_level, log_format = environment.get("WEFT_LOG_LEVEL", "INFO").upper(), environment.get("WEFT_LOG_FORMAT", "json")
        if log_level not in LOG_LEVELS:
            raise Misconfigured(f"WEFT_LOG_LEVEL is “{log_level}”: set it to one of {', '.join(LOG_LEVELS)}.")
        if log_format not in ("json", "text"):
            raise Misconfigured(f"WEFT_LOG_FORMAT is “{log_format}”: set it to json, or to text for a person at a terminal.")
        return cls(
            database_url=needed["WEFT_DATABASE_URL"],
            redis_url=needed["WEFT_REDIS_URL"],
            secret_key=needed["WEFT_SECRET_KEY"],
            provisioner_url=environment.get("WEFT_PROVISIONER_URL", ""),
            data_dir=Path(environment.get("WEFT_DATA_DIR", ".weft")),
            host=environment.get("WEFT_HOST", "127.0.0.1"),
            port=port,
            base_url=base_url,
            log_level=log_level,
            log_json=log_format == "json",
            smtp_url=environment.get("WEFT_SMTP_URL", ""),
            mail_from=environment.get("WEFT_MAIL_FROM", "Weft <no-reply@localhost>"),
            files_url=environment.get("WEFT_FILES_URL", ""),
            demo=environment.get("WEFT_DEMO", "") == "1",
            strict=environment.get("WEFT_STRICT", "") == "1",
            pool_size=_whole(environment, "WEFT_POOL_SIZE", 8, 1, 1000),
            own_pool_size=_whole(environment, "WEFT_OWN_POOL_SIZE", 8, 1, 1000),
            vault_key=environment.get("WEFT_VAULT_KEY", ""),
            vault_old_keys=environment.get("WEFT_VAULT_OLD_KEYS", ""),
            metrics_token=environment.get("WEFT_METRICS_TOKEN", ""),
            webhook_networks=_networks(environment, "WEFT_WEBHOOK_NETWORKS"),
            api_rate=_whole(environment, "WEFT_API_RATE", 1200, 0, 1_000_000),
            api_business_rate=_whole(environment, "WEFT_API_BUSINESS_RATE", 3600, 0, 1_000_000),
            wal_days=_whole(environment, "WEFT_WAL_DAYS", 0, 0, 3650),
            wal_dir=environment.get("WEFT_WAL_DIR", ""),
            wal_url=environment.get("WEFT_WAL_URL", ""),
            postgres_bin=environment.get("WEFT_POSTGRES_BIN", ""),
            trusted_proxies=_whole(environment, "WEFT_TRUSTED_PROXIES", 0, 0, 100),
            cells=_cells(environment),
            only_cell=_only_cell(environment),
        )

    def of_cell(self, name: str) -> "Settings":
        """Return the settings of one cell; raises `Misconfigured` for one that nobody told of."""
        told = next((each for each in self.cells if each.name == name), None)
        if name == self.cell:
            return self
        if told is None or self.cell != HOME:
            raise Misconfigured(f"There is no cell “{name}” in the file that WEFT_CELLS names.")
        return msgspec.structs.replace(
            self,
            cell=name,
            database_url=told.database_url,
            redis_url=told.redis_url or self.redis_url,
            provisioner_url=told.provisioner_url,
            home_database_url=self.database_url,
            wal_days=0,  # where WAL lies is told of the home cell alone
        )

    @property
    def cell_names(self) -> tuple[str, ...]:
        """The home cell, and all others."""
        return (HOME, *(each.name for each in self.cells if each.name != HOME))

    @property
    def served_cells(self) -> "tuple[Settings, ...]":
        """The settings of each cell that a worker or operator works for."""
        return tuple(self.of_cell(name) for name in ((self.only_cell,) if self.only_cell else self.cell_names))

    @property
    def platform_url(self) -> str:
        """What begins the addresses of the platform's pages, such as those of links in letters: they lead to this cell."""
        return self.base_url if self.cell == HOME else f"{self.base_url}/at/{self.cell}"

    @property
    def base_host(self) -> str:
        """The host of the platform, port included where it is not the scheme's own; tenants live at ``SLUG.`` of it."""
        return urlsplit(self.base_url).netloc

    def tenant_url(self, slug: str, path: str = "") -> str:
        """Return the address of a tenant's page."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{slug}.{parts.netloc}{path}"

    @property
    def secure(self) -> bool:
        """Whether people reach us through TLS: cookies are then sent through TLS only."""
        return self.base_url.startswith("https:")

    @property
    def shows_mail(self) -> bool:
        """Whether anybody may read mail that could not be sent: only where one tries things out, for links to new passwords are in it."""
        return (self.demo or self.strict) and not self.smtp_url and not self.secure

    def login(self, role: str) -> str:
        """Return the URL to log in to the database as `role`, with the password that the bootstrap gave it."""
        parts = urlsplit(self.database_url)
        host = parts.netloc.rpartition("@")[2]
        # through a unix socket, whose folder and the server's map say who may be whom, there is no password
        user = f"{role}:{quote(self.role_password(role), safe='')}" if host else role
        return f"{parts.scheme}://{user}@{host}{parts.path}" + (f"?{parts.query}" if parts.query else "")

    def role_password(self, role: str) -> str:
        """Return the password of a login role, derived from the secret key (HMAC-SHA-256), so that none is stored."""
        return self.derived(f"database role {role}").hex()

    def derived(self, purpose: str) -> bytes:
        """Return a 32-byte key for one purpose, derived from the secret key."""
        return hmac.new(self.secret_key.encode(), purpose.encode(), sha256).digest()


def _cells(environment: Mapping[str, str]) -> tuple[CellServers, ...]:
    if not (path := environment.get("WEFT_CELLS", "")):
        return ()
    try:
        return read_cells(Path(path))
    except ValueError as wrong:
        raise Misconfigured(f"WEFT_CELLS: {wrong}.") from wrong


def _only_cell(environment: Mapping[str, str]) -> str:
    name = environment.get("WEFT_CELL", "")
    if name and name not in (HOME, *(each.name for each in _cells(environment))):
        raise Misconfigured(f"WEFT_CELL is “{name}”, and the file that WEFT_CELLS names tells of no such cell.")
    return name


def _networks(environment: Mapping[str, str], name: str) -> str:
    text = environment.get(name, "")
    try:
        for each in text.split(","):
            if each.strip():
                ip_network(each.strip())
    except ValueError as wrong:
        raise Misconfigured(f"{name}: {wrong}. Set it to networks with commas between, such as 10.1.0.0/16.") from wrong
    return text


def _whole(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    value = environment.get(name) or str(default)
    if not (value.isascii() and value.isdigit()) or not least <= int(value) <= most:
        raise Misconfigured(f"{name} is “{value}”: set it to a whole number between {least} and {most}.")
    return int(value)
