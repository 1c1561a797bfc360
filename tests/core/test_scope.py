from infra.testing import Installation


async def test_x(tenant, other_tenant):
    async with tenant.transaction() as db:
        assert await db.fetchval("select current_user") == tenant.schema
