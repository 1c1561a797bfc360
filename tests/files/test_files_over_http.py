"""What a browser is shown of a file, and what it may only save."""

import io
from uuid import UUID

import pytest
from PIL import Image

from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Installation, Visitors
from tests.files.test_tenant_files import has_bytes


def picture(kind: str = "PNG", size: tuple[int, int] = (800, 600)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 60)).save(out, kind)
    return out.getvalue()


async def put(tenant: LiveTenant, content: bytes, name: str, media_type: str) -> UUID:
    async with tenant.transaction(unaudited="a test"):
        return (await tenant.files.put(name, media_type, content)).id


async def test_a_picture_is_shown_in_the_page(client: Browser, tenant: LiveTenant) -> None:
    content = picture("JPEG")
    answer = await client.get(f"/files/{await put(tenant, content, 'tea.jpg', 'text/html')}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content == content


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (b"<html><script>alert(1)</script>", "tea.png", "image/png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "tea.svg", "image/svg+xml"),
        (b"<!doctype html><script>alert(1)</script>", "page.html", "text/html"),
        (b"not a pdf", "terms.pdf", "application/pdf"),
        (b"", "empty.gif", "image/gif"),
    ],
)
async def test_what_is_not_what_its_sender_says_is_only_offered_for_saving(
    client: Browser, tenant: LiveTenant, content: bytes, name: str, media_type: str
) -> None:
    answer = await client.get(f"/files/{await put(tenant, content, name, media_type)}")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-type"].partition(";")[0] not in ("image/png", "application/pdf", "image/gif")
    assert answer.content == content


async def test_the_name_of_a_file_survives_in_any_script_and_breaks_no_header(client: Browser, tenant: LiveTenant) -> None:
    file_id = await put(tenant, b"x", 'Kaffee "süß" 日本.txt', "text/plain")
    answer = await client.get(f"/files/{file_id}")
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Kaffee _s___ __.txt\"; filename*=UTF-8''Kaffee%20%22s%C3%BC%C3%9F%22%20%E6%97%A5%E6%9C%AC.txt"
    )


async def test_a_small_picture_is_made_once_and_goes_with_its_file(client: Browser, tenant: LiveTenant, installation: Installation) -> None:
    file_id = await put(tenant, picture(), "tea.png", "image/png")
    first = await client.get(f"/files/{file_id}?size=thumb")
    assert first.headers["content-type"] == "image/webp"
    with Image.open(io.BytesIO(first.content)) as small:
        assert small.size == (192, 144)
    assert await has_bytes(installation, tenant, file_id, ".thumb")
    await installation.runtime.store.delete(f"{tenant.schema}/{file_id}")  # so the second can only come from what was kept
    assert (await client.get(f"/files/{file_id}?size=thumb")).content == first.content
    async with tenant.transaction(unaudited="a test"):
        await tenant.files.remove(file_id)
    assert not await has_bytes(installation, tenant, file_id, ".thumb")


async def test_a_picture_is_turned_the_way_up_that_its_camera_noted(client: Browser, tenant: LiveTenant) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # EXIF 2.3, Orientation: turned by 90 degrees
    Image.new("RGB", (400, 200)).save(out, "JPEG", exif=exif)
    answer = await client.get(f"/files/{await put(tenant, out.getvalue(), 'tea.jpg', 'image/jpeg')}?size=thumb")
    with Image.open(io.BytesIO(answer.content)) as small:
        assert small.height > small.width


@pytest.mark.parametrize("content", [b"text", b"\x89PNG\r\n\x1a\n" + b"broken" * 20, b"GIF89a"])
async def test_what_is_no_picture_cannot_be_shown_small(client: Browser, tenant: LiveTenant, content: bytes) -> None:
    answer = await client.get(f"/files/{await put(tenant, content, 'tea.png', 'image/png')}?size=thumb")
    assert answer.status_code == 422
    assert "not a picture" in answer.text or "check your entries" in answer.text.lower()


async def test_a_picture_with_more_pixels_than_memory_is_refused_before_it_is_decoded(client: Browser, tenant: LiveTenant) -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    answer = await client.get(f"/files/{await put(tenant, out.getvalue(), 'bomb.png', 'image/png')}?size=thumb")
    assert answer.status_code == 422


async def test_a_file_of_another_business_is_not_found(visitors: Visitors, tenant: LiveTenant, other_tenant: LiveTenant) -> None:
    file_id = await put(tenant, b"x", "x.txt", "text/plain")
    stranger = await visitors.sign_in(other_tenant)
    assert (await stranger.get(f"/files/{file_id}")).status_code == 404
    assert (await visitors.visit(tenant).get(f"/files/{file_id}")).status_code == 303
