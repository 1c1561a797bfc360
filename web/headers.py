"""Headers that every answer carries."""

from litestar.types import Message, Send

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self' {forms}"
)
FIXED = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=(), payment=()"),
)


Headers = tuple[tuple[bytes, bytes], ...]


def fixed_headers(*, secure: bool, forms: str) -> Headers:
    """Return what every answer carries; `forms` are the hosts that a form may lead to besides its own: the platform's and its tenants'."""
    policy = (b"content-security-policy", CSP.format(forms=forms).encode())
    strict = ((b"strict-transport-security", b"max-age=31536000; includeSubDomains"),) if secure else ()
    return (*FIXED, policy, (b"cache-control", b"no-store"), *strict)


def with_headers(send: Send, request_id: str, fixed: Headers) -> Send:
    """Return a `send` that adds them, but for those that the answer brings itself."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            present = {name.lower() for name, _ in headers}
            headers += [header for header in fixed if header[0] not in present]
            headers.append((b"x-request-id", request_id.encode()))
            message["headers"] = headers
        await send(message)

    return sending
