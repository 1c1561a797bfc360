"""Every address that programs use."""

from litestar.types import ControllerRouterHandler

from .bank import BANK_API
from .documents import DOCUMENT_API

API: tuple[ControllerRouterHandler, ...] = (*DOCUMENT_API, *BANK_API)
