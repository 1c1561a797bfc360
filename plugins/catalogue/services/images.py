"""What a person can do with the pictures of a product."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import msgspec

from weft import Invalid, Missing, Tenant, new_id

from ..domain.naming import tidy
from ..domain.pictures import MOST_IMAGES, Picture, file_name, read_picture
from ..domain.products import Image, Product
from ..queries.loading import load
from .basics import basics
from .products import put


class Upload(msgspec.Struct, frozen=True):
    """A file as it came: its name and its bytes."""

    name: str
    content: bytes


async def add(tenant: Tenant, product_id: UUID, uploads: Sequence[Upload]) -> Product:
    """Add pictures behind those that are there; raises `Invalid` when one of them is none, and then adds none."""
    if not uploads:
        raise Invalid.field("files", "Choose at least one picture.")
    wrong = []
    pictures: list[tuple[Upload, Picture]] = []
    for upload in uploads:
        try:
            pictures.append((upload, await asyncio.to_thread(read_picture, upload.content, upload.name)))
        except Invalid as found:
            wrong.append(found.message)
    if wrong:
        raise Invalid.field("files", " ".join(wrong))
    async with tenant.transaction() as db:
        stored = await load(db, product_id, lock=True)
        if len(stored.images) + len(pictures) > MOST_IMAGES:
            raise Invalid.field("files", f"A product has at most {MOST_IMAGES} pictures.")
        images = list(stored.images)
        for upload, picture in pictures:
            file = await tenant.files.put(file_name(upload.name, picture), picture.media_type, upload.content)
            images.append(Image(id=new_id(), file=file.id, width=picture.width, height=picture.height))
        return await put(tenant, db, stored, msgspec.structs.replace(stored, images=tuple(images)), await basics(tenant), "added images")


async def move(tenant: Tenant, product_id: UUID, image_id: UUID, place: int) -> Product:
    """Put a picture at a place, counted from 0; the first one stands for the product in lists."""
    async with tenant.transaction() as db:
        stored = await load(db, product_id, lock=True)
        image = _image(stored, image_id)
        rest = [each for each in stored.images if each.id != image_id]
        rest.insert(max(0, min(place, len(rest))), image)
        if tuple(rest) == stored.images:
            return stored
        return await put(tenant, db, stored, msgspec.structs.replace(stored, images=tuple(rest)), await basics(tenant), "arranged images")


async def describe(tenant: Tenant, product_id: UUID, image_id: UUID, alt: str) -> Product:
    """Say what a picture shows, for those who cannot see it."""
    if len(alt) > 200:
        raise Invalid.field("alt", "Describe the picture in at most 200 characters.")
    async with tenant.transaction() as db:
        stored = await load(db, product_id, lock=True)
        image = msgspec.structs.replace(_image(stored, image_id), alt=tidy(alt))
        images = tuple(image if each.id == image_id else each for each in stored.images)
        if images == stored.images:
            return stored
        return await put(tenant, db, stored, msgspec.structs.replace(stored, images=images), await basics(tenant), "described an image")


async def remove(tenant: Tenant, product_id: UUID, image_id: UUID) -> Product:
    """Take a picture away, with its file."""
    async with tenant.transaction() as db:
        stored = await load(db, product_id, lock=True)
        image = _image(stored, image_id)
        images = tuple(each for each in stored.images if each.id != image_id)
        await tenant.files.remove(image.file)
        return await put(tenant, db, stored, msgspec.structs.replace(stored, images=images), await basics(tenant), "removed an image")


def _image(product: Product, image_id: UUID) -> Image:
    found = next((each for each in product.images if each.id == image_id), None)
    if found is None:
        raise Missing("There is no such picture. It may have been removed.")
    return found
