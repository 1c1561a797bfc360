"""Every address that programs use."""

from litestar.types import ControllerRouterHandler

from .bank import BANK_API
from .documents import DOCUMENT_API
from .entries import ENTRY_API

API: tuple[ControllerRouterHandler, ...] = (*ENTRY_API, *DOCUMENT_API, *BANK_API)
