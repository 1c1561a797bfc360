"""Whether the server's WAL is kept, where it shall be: from when to when one business can be brought back as it was."""

from core.runtime import Runtime
from tenants.backups.moments import kept_now
from tenants.doctor.findings import Finding, found


async def wal(runtime: Runtime) -> list[Finding]:
    """Check that WAL and base backups are kept, as the operator tells; nothing where they need not be."""
    kept, wanted = await kept_now(runtime.platform), runtime.settings.wal_days
    if not kept and not wanted:
        return []
    if kept is None:
        return found("wal", ["WAL shall be kept, and no operator has looked after it for ten minutes: start it, with WEFT_WAL_DAYS."], "")
    problems = [kept.trouble] if kept.trouble else []
    if kept.oldest_at is None or kept.newest_at is None:
        return found("wal", problems, "WAL is kept; the first base backup is not there yet.")
    since = f"{kept.oldest_at:%Y-%m-%d %H:%M:%S}"
    return found("wal", problems, f"Every moment since {since} UTC can be had (`weft tenant rewind`), {kept.bytes >> 20:,} MB.")
