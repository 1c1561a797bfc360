"""A sentence that is shown on the next page: it travels in a cookie for half a minute."""

import base64

from litestar.datastructures import Cookie

from web.door import TOAST_COOKIE


def toast_cookie(text: str) -> Cookie:
    """Return the cookie that carries a sentence."""
    value = base64.urlsafe_b64encode(text.encode()).decode()
    return Cookie(key=TOAST_COOKIE, value=value, max_age=30, httponly=True, samesite="lax")


def read_toast(cookie: str) -> str:
    """Return the sentence a cookie carries, or nothing."""
    try:
        return base64.urlsafe_b64decode(cookie).decode()[:300]
    except ValueError:
        return ""
