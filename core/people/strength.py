"""Which passwords are too easily guessed: by length, by what attackers try first, and by what is known of the person.

No rules of composition: NIST SP 800-63B-4 section 3.1.1.2 forbids them, since they make passwords worse.
"""

import re
from collections.abc import Iterable

from core.auth.passwords import LONGEST
from weft.errors import Invalid

SHORTEST = 12  # characters
LEAST_OWN = 5  # characters that must be left when everything that is tried first is taken away

_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop")
_RUNS = tuple(row[at : at + 4] for line in _ROWS for row in (line, line[::-1]) for at in range(len(row) - 3))
_LEET = str.maketrans("013457@$!|+", "oleastasiit")
_COMMON = (
    *("password", "passwort", "passwd", "motdepasse", "contrasena", "qwerty", "letmein", "welcome", "admin", "administrator", "login"),
    *("iloveyou", "monkey", "dragon", "master", "shadow", "sunshine", "princess", "football", "baseball", "superman", "batman"),
    *("trustno", "starwars", "pokemon", "whatever", "freedom", "secret", "changeme", "default", "hello", "charlie", "michael"),
    *("jordan", "summer", "winter", "spring", "autumn", "january", "february", "march", "april", "june", "july", "august"),
    *("september", "october", "november", "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("london", "paris", "berlin", "company", "business", "office", "computer", "internet", "google", "facebook", "weft"),
    *("liverpool", "arsenal", "chelsea", "killer", "cheese", "cookie", "flower", "jesus", "angel", "lovely", "test", "user", "temp"),
)


def check_strength(password: str, *, known: Iterable[str] = (), field: str = "password") -> None:
    """Raise `Invalid` for a password that is too short, too long or easily guessed; `known` is what others know of the person."""
    if sentence := weakness(password, known):
        raise Invalid.field(field, sentence)


def weakness(password: str, known: Iterable[str] = ()) -> str:
    """Return what is wrong with a password in a sentence, or nothing."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters: a few words that you will remember are better than a short puzzle."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    plain = password.lower()
    if len(set(plain)) < LEAST_OWN or len(_repeated(plain)) < LEAST_OWN * 2:
        return "It says the same thing again and again: add something else."
    if _left_after(plain, (*_COMMON, *_RUNS)) < LEAST_OWN:
        return "This is among the first passwords that are tried: choose another, such as four words that do not belong together."
    if _left_after(plain, _words(known)) < LEAST_OWN:
        return "It is made of your name, your address or your business, which is what is tried first: choose another."
    return ""


def _repeated(text: str) -> str:
    """Return the shortest piece that a text is a repetition of; itself when it is none."""
    return text[: (text + text).find(text, 1)]


def _left_after(text: str, guesses: Iterable[str]) -> int:
    """Count the letters that remain of a text when guesses, and the digits and signs around them, are taken away; the fewest of two ways.

    Digits count only when no guess was taken away, since “2026!” behind a common word adds nothing.
    """
    fewest = len(text)
    for each in (text, text.translate(_LEET)):
        bare = each
        for guess in sorted(set(guesses), key=len, reverse=True):
            bare = bare.replace(guess, " ")
        if bare != each:
            fewest = min(fewest, len(re.sub(r"[\W\d_]", "", bare)))
    return fewest


def _words(known: Iterable[str]) -> set[str]:
    found = {word for each in known for word in re.split(r"[\W_]+", each.lower()) if len(word) >= 3}
    return found | {re.sub(r"\W", "", each.lower()) for each in known if len(each) >= 3} - {""}
