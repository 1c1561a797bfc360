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


def with_headers(send: Send, request_id: str, *, secure: bool, forms: str) -> Send:
    """Return a `send` that adds them; `forms` are the other hosts that a form's answer may lead to: the platform's and its tenants'."""
    policy = CSP.format(forms=forms).encode()

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            present = {name.lower() for name, _ in headers}
            headers += [(name, value) for name, value in FIXED if name not in present]
            headers.append((b"x-request-id", request_id.encode()))
            if b"content-security-policy" not in present:
                headers.append((b"content-security-policy", policy))
            if b"cache-control" not in present:
                headers.append((b"cache-control", b"no-store"))
            if secure:
                headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
            message["headers"] = headers
        await send(message)

    return sending
