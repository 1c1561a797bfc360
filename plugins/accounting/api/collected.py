"""Every address that programs use."""

from litestar.types import ControllerRouterHandler

from .documents import DOCUMENT_API

API: tuple[ControllerRouterHandler, ...] = (*DOCUMENT_API,)
