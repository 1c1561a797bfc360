"""Pictures of a product: brought in, put in order, described, taken away."""

from typing import Any
from uuid import UUID

from litestar import post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from weft import Invalid, TheForm, TheTenant, TheUi, needs

from ..domain.pictures import LARGEST, MOST_IMAGES
from ..permissions import EDIT
from ..records import PRODUCT
from ..services import images, products
from .product_view import TEMPLATE, product_context
from .query import TheRequest

BODY_LIMIT = 10 * LARGEST  # bytes of one upload, which may hold several pictures


def _back(product_id: UUID) -> str:
    return f"{PRODUCT.url(product_id)}#images"


@post("/products/{product_id:uuid}/images", guards=[needs(EDIT)], request_max_body_size=BODY_LIMIT)
async def upload(tenant: TheTenant, ui: TheUi, request: TheRequest, product_id: FromPath[UUID]) -> Response[Any]:
    """Add the pictures of an upload."""
    data = await request.form()
    files = [each for each in data.getall("files", []) if isinstance(each, UploadFile) and each.filename]
    if len(files) > MOST_IMAGES:
        raise Invalid(f"A product has at most {MOST_IMAGES} pictures.")
    uploads = []
    for each in files:
        content = await each.read(LARGEST + 1)  # one byte more than allowed tells that it is too large
        uploads.append(images.Upload(each.filename, content))
    try:
        await images.add(tenant, product_id, uploads)
    except Invalid as wrong:
        product = await products.get(tenant, product_id)
        return await ui.rejected(TEMPLATE, wrong, **await product_context(tenant, ui, product))
    return ui.redirect(_back(product_id), toast=f"{len(uploads)} picture{'' if len(uploads) == 1 else 's'} added.")


@post("/products/{product_id:uuid}/images/{image_id:uuid}", guards=[needs(EDIT)])
async def change_image(
    tenant: TheTenant, ui: TheUi, form: TheForm, product_id: FromPath[UUID], image_id: FromPath[UUID], do: FromQuery[str] = ""
) -> Response[Any]:
    """Move a picture to another place, describe it, or take it away."""
    asked = do or form.get("do")
    if asked == "remove":
        await images.remove(tenant, product_id, image_id)
        return ui.redirect(_back(product_id), toast="The picture is gone.")
    if asked.startswith("place."):
        place = asked.removeprefix("place.")
        await images.move(tenant, product_id, image_id, int(place) if place.isdigit() and len(place) < 4 else 0)
        return ui.redirect(_back(product_id), toast="The pictures are in their new order.")
    await images.describe(tenant, product_id, image_id, form.get("alt"))
    return ui.redirect(_back(product_id), toast="The description is saved.")
