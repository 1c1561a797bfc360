"""The cookies that carry who is there."""

from litestar.datastructures import Cookie

from web.door import SESSION_COOKIE, cookie_name


def session_cookie(token: str, seconds: int | None, *, secure: bool) -> Cookie:
    """Return the cookie of a session; scripts cannot read it, and other sites cannot send it along with a form.

    Without `seconds` the browser forgets it when it is closed.
    """
    name = cookie_name(SESSION_COOKIE, secure=secure)
    return Cookie(key=name, value=token, max_age=seconds, httponly=True, samesite="lax", secure=secure)


def dropped(name: str, *, secure: bool) -> Cookie:
    """Return what makes a browser forget one of our cookies."""
    return Cookie(key=cookie_name(name, secure=secure), value="", max_age=0, httponly=True, samesite="lax", secure=secure)
