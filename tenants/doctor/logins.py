"""Whether every strictly isolated tenant can log in: found out by doing so."""

from core.runtime import Runtime
from tenants.doctor.findings import Finding, found
from tenants.isolation import REFUSALS, try_login


async def logins(runtime: Runtime) -> list[Finding]:
    """Check that every strictly isolated tenant can log in, by doing so."""
    schemas = [row["schema"] for row in await runtime.platform.fetch(_STRICT)]
    problems = []
    for schema in schemas:
        try:
            await try_login(runtime.settings, schema)
        except REFUSALS as why:
            problems.append(f"The isolated tenant {schema} cannot log in: {why}. Run `weft tenant isolate --strict` for it again.")
    fine = f"{len(schemas)} tenants are strictly isolated, and log in as themselves." if schemas else "No tenant is strictly isolated."
    return found("isolation", problems, fine)


_STRICT = "SELECT schema::text FROM platform.tenant WHERE isolation = 'strict' AND state <> 'deleted' ORDER BY schema"
