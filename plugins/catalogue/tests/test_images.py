"""Pictures of products: brought in, put in order, taken away with their files."""

from typing import Any

import pytest

from plugins.catalogue.domain.pictures import MOST_IMAGES
from plugins.catalogue.services import images, products
from weft import Invalid, Missing, Tenant, new_id

from .conftest import Make
from .domain.test_pictures import bomb, picture


async def files(tenant: Tenant) -> int:
    async with tenant.transaction() as db:
        return int(await db.fetchval("SELECT count(*) FROM platform.file"))


async def test_pictures_are_kept_in_order_and_the_first_stands_for_the_product(tenant: Tenant, make: Make) -> None:
    pen = await make()
    added = await images.add(tenant, pen.id, [images.Upload(f"{number}.png", picture(size=(number + 1, 5))) for number in range(3)])
    assert [each.width for each in added.images] == [1, 2, 3]
    moved = await images.move(tenant, pen.id, added.images[2].id, 0)
    assert [each.width for each in moved.images] == [3, 1, 2]
    async with tenant.transaction() as db:
        assert await db.fetchval("SELECT image FROM catalogue_product") == moved.images[0].file
    described = await images.describe(tenant, pen.id, moved.images[0].id, " The  pen ")
    assert described.images[0].alt == "The pen"
    assert [each.version for each in (added, moved, described)] == [2, 3, 4]
    with pytest.raises(Invalid):
        await images.describe(tenant, pen.id, moved.images[0].id, "x" * 201)


async def test_a_picture_that_is_taken_away_takes_its_file_along(tenant: Tenant, make: Make) -> None:
    pen = await make()
    added = await images.add(tenant, pen.id, [images.Upload("a.png", picture()), images.Upload("b.jpg", picture("JPEG"))])
    assert (await tenant.files.find(added.images[1].file)).media_type == "image/jpeg"
    left = await images.remove(tenant, pen.id, added.images[0].id)
    assert [each.file for each in left.images] == [added.images[1].file]
    with pytest.raises(Missing):
        await tenant.files.find(added.images[0].file)
    with pytest.raises(Missing):
        await images.remove(tenant, pen.id, new_id())
    await products.delete(tenant, pen.id, left.version)
    assert await files(tenant) == 0


async def test_one_wrong_upload_among_right_ones_adds_nothing(tenant: Tenant, make: Make) -> None:
    pen = await make()
    uploads = [
        images.Upload("right.png", picture()),
        images.Upload("bomb.png", bomb(60_000, 60_000)),
        images.Upload("page.html", b"<html>"),
    ]
    with pytest.raises(Invalid) as found:
        await images.add(tenant, pen.id, uploads)
    assert "bomb.png" in found.value.fields["files"]
    assert "page.html" in found.value.fields["files"]
    with pytest.raises(Invalid, match="at least one"):
        await images.add(tenant, pen.id, [])
    assert await files(tenant) == 0
    assert (await products.get(tenant, pen.id)).version == 1


async def test_a_product_has_so_many_pictures_and_no_more(tenant: Tenant, make: Make) -> None:
    pen = await make()
    await images.add(tenant, pen.id, [images.Upload("a.png", picture())] * MOST_IMAGES)
    with pytest.raises(Invalid, match="at most"):
        await images.add(tenant, pen.id, [images.Upload("a.png", picture())])
    assert await files(tenant) == MOST_IMAGES


async def test_pictures_come_in_through_the_page_and_are_shown(tenant: Tenant, client: Any, make: Make) -> None:
    pen = await make()
    sent = [("files", ("front.png", picture(), "text/plain")), ("files", ("back.webp", picture("WEBP"), "image/webp"))]
    answer = await client.submit(f"/catalogue/products/{pen.id}/images", files=sent)
    assert answer.status_code == 303
    stored = (await products.get(tenant, pen.id)).images
    assert len(stored) == 2
    thumb = await client.get(f"/files/{stored[0].file}?size=thumb")
    assert (thumb.status_code, thumb.headers["content-type"]) == (200, "image/webp")
    page = await client.get(f"/catalogue/products/{pen.id}")
    assert f"/files/{stored[1].file}" in page.text
    refused = await client.submit(f"/catalogue/products/{pen.id}/images", files=[("files", ("x.png", b"<svg/>", "image/png"))])
    assert refused.status_code == 422
    assert "“x.png” is no picture" in refused.text
    for asked in ("place.1", "remove"):
        assert (await client.submit(f"/catalogue/products/{pen.id}/images/{stored[0].id}?do={asked}")).status_code == 303
    assert [each.id for each in (await products.get(tenant, pen.id)).images] == [stored[1].id]
