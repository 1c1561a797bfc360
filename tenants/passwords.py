"""What PostgreSQL keeps of a role's password (SCRAM-SHA-256, RFC 5802 and RFC 7677), made and checked here."""

import base64
import hashlib
import hmac
import secrets

ROUNDS = 4096  # as PostgreSQL itself


def scram(password: str) -> str:
    """Return what PostgreSQL keeps of a password, so that the password itself need not be sent, nor logged by the server."""
    salt = secrets.token_bytes(16)
    stored, server = _keys(password, salt, ROUNDS)
    encoded = [base64.b64encode(each).decode() for each in (salt, stored, server)]
    return f"SCRAM-SHA-256${ROUNDS}:{encoded[0]}${encoded[1]}:{encoded[2]}"


def is_password(password: str, kept: str) -> bool:
    """Check a password against what PostgreSQL keeps of it, since setting it again would change that and wake every session."""
    kind, _, rest = kept.partition("$")
    if kind != "SCRAM-SHA-256":
        return False
    rounds, salt, key = rest.replace("$", ":").split(":")[:3]
    return hmac.compare_digest(_keys(password, base64.b64decode(salt), int(rounds))[0], base64.b64decode(key))


def _keys(password: str, salt: bytes, rounds: int) -> tuple[bytes, bytes]:
    """Return the stored key and the server key. The password is ASCII, so SASLprep changes nothing."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    return hashlib.sha256(client_key).digest(), hmac.digest(salted, b"Server Key", "sha256")
