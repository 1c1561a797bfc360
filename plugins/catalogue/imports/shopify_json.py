"""Reads products and variants as Shopify's Admin API gives them (REST, ``products.json`` and ``variants.json``)."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from weft import Invalid

Cells = dict[str, str]


def read_json(content: bytes) -> Iterator[Mapping[str, str]]:
    """Yield the rows that the same products would have in Shopify's CSV; raises `Invalid` for anything else than products or variants."""
    try:
        read = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise Invalid(f"This is no JSON: {wrong}") from wrong
    if isinstance(read, dict) and isinstance(read.get("variants"), list):
        for variant in read["variants"]:
            yield _variant(variant)
        return
    products = read.get("products") if isinstance(read, dict) else read
    if not isinstance(products, list):
        raise Invalid("There are no products in this file: it should be what Shopify answers to products.json or variants.json.")
    for product in products:
        if not isinstance(product, dict):
            yield {"": "This is no product: it should be an object with title and variants."}
            continue
        yield from _product(product)


def _product(product: Mapping[str, Any]) -> Iterator[Cells]:
    images = [each for each in product.get("images") or [] if isinstance(each, dict)]
    head = _head(product)
    variants = [each for each in product.get("variants") or [] if isinstance(each, dict)] or [{}]
    for place, variant in enumerate(variants):
        row = {"Handle": head["Handle"], **(head if place == 0 else {}), **_variant(variant)}
        if place < len(images):
            row |= _image(images[place])
        yield row
    for image in images[len(variants) :]:
        yield {"Handle": head["Handle"], **_image(image)}


def _head(product: Mapping[str, Any]) -> Cells:
    names = [_text(each.get("name")) for each in product.get("options") or [] if isinstance(each, dict)]
    status = _text(product.get("status")) or ("active" if product.get("published_at") else "draft")
    head = {
        "Handle": _text(product.get("handle")) or _text(product.get("id")),
        "Title": _text(product.get("title")),
        "Body (HTML)": _text(product.get("body_html")),
        "Vendor": _text(product.get("vendor")),
        "Type": _text(product.get("product_type")),
        "Tags": _text(product.get("tags")),
        "Status": status,
    }
    return head | {f"Option{place} Name": name for place, name in enumerate(names[:3], start=1)}


def _variant(variant: Mapping[str, Any]) -> Cells:
    if not isinstance(variant, dict):
        return {"": "This is no variant: it should be an object with sku and price."}
    names = {
        "Option1 Value": "option1",
        "Option2 Value": "option2",
        "Option3 Value": "option3",
        "Variant SKU": "sku",
        "Variant Barcode": "barcode",
        "Variant Grams": "grams",
        "Variant Price": "price",
        "Variant Compare At Price": "compare_at_price",
    }
    return {heading: _text(variant.get(name)) for heading, name in names.items()}


def _image(image: Mapping[str, Any]) -> Cells:
    return {"Image Src": _text(image.get("src")), "Image Alt Text": _text(image.get("alt"))}


def _text(value: object) -> str:
    return "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
