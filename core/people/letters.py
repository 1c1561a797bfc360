"""What people are mailed about their account and their businesses: as text, and as simple HTML that any mail program shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from markupsafe import Markup, escape


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter that is not addressed yet."""

    subject: str
    text: str
    html: str


_PAGE = Markup(
    '<!doctype html><html lang="en"><body style="margin:0;padding:32px 16px;background:#faf9f7;color:#2b2926;'
    'font:15px/1.6 -apple-system,Segoe UI,Helvetica,Arial,sans-serif">'
    '<div style="max-width:32rem;margin:0 auto;padding:32px;background:#fff;border:1px solid #e8e6e2;border-radius:12px">{}</div>'
    '<p style="max-width:32rem;margin:16px auto 0;color:#6b6862;font-size:12px;text-align:center">{}</p></body></html>'
)
_PARAGRAPH = Markup('<p style="margin:0 0 16px">{}</p>')
_BUTTON = Markup(
    '<p style="margin:24px 0"><a href="{}" style="display:inline-block;padding:10px 18px;border-radius:6px;background:#0f6a74;'
    'color:#fff;font-weight:600;text-decoration:none">{}</a></p>'
)
_SMALL = Markup('<p style="margin:16px 0 0;color:#6b6862;font-size:13px">{}</p>')


def _draft(subject: str, paragraphs: Sequence[str], link: tuple[str, str] | None = None, small: str = "", foot: str = "") -> Draft:
    """Put a letter together; `link` is a label and an address."""
    foot = foot or "Sent by Weft, because somebody typed in this address. Nothing happens unless you act on it."
    body = Markup().join(_PARAGRAPH.format(each) for each in paragraphs)
    text = "\n\n".join(paragraphs)
    if link:
        label, url = link
        body += _BUTTON.format(url, label)
        text += f"\n\n{label}:\n{url}"
    if small:
        body += _SMALL.format(small)
        text += f"\n\n{small}"
    return Draft(subject, f"{text}\n\n-- \n{foot}\n", str(_PAGE.format(body, escape(foot))))


def _first(name: str) -> str:
    return name.split()[0] if name.split() else "there"


def welcome(name: str, business: str, confirm_url: str) -> Draft:
    """To somebody who has just signed a business up."""
    return _draft(
        f"{business} is ready: please confirm your address",
        [
            f"Hello {_first(name)},",
            f"{business} now has a place of its own on Weft. One thing is left: confirm that this address is yours, so that you can sign "
            "in from any device and invite your colleagues.",
        ],
        ("Confirm this address", confirm_url),
        "The link works for three days. If it was not you who signed up, leave it alone: without it nobody can sign in with this address.",
    )


def welcome_known(business: str, confirm_url: str) -> Draft:
    """To somebody who has an account already, and whose address was used to sign a business up with another password."""
    return _draft(
        f"{business} was signed up with your address",
        [
            "Hello,",
            f"Somebody, most likely you, has just signed {business} up on Weft with this address. You have an account with it already: "
            "open the link, sign in as you are used to, and the new business is added to your others.",
        ],
        ("Add it to my account", confirm_url),
        "The link works for three days. If it was not you, leave it alone: your account has not been touched.",
    )


def added_business(name: str, business: str, url: str) -> Draft:
    """To somebody who has added a business to their account."""
    return _draft(
        f"{business} is ready",
        [f"Hello {_first(name)},", f"{business} now has a place of its own on Weft, beside your other businesses."],
        (f"Open {business}", url),
    )


def confirm_again(name: str, confirm_url: str) -> Draft:
    """To somebody who has asked for the link to confirm their address once more."""
    return _draft(
        "Confirm your address",
        [f"Hello {_first(name)},", "Here is the link that confirms this address once more; earlier ones no longer work."],
        ("Confirm this address", confirm_url),
        "It works for three days.",
    )


def confirm_new_address(name: str, confirm_url: str) -> Draft:
    """To the new address of somebody who changes it."""
    return _draft(
        "Confirm your new address",
        [f"Hello {_first(name)},", "You asked to sign in to Weft with this address from now on. Confirm that it is yours:"],
        ("Use this address", confirm_url),
        "The link works for three days. Until it is opened, the address you had stays the one to sign in with.",
    )


def address_changed(name: str, new: str) -> Draft:
    """To the old address of somebody who has changed it."""
    return _draft(
        "Your address was changed",
        [
            f"Hello {_first(name)},",
            f"From now on you sign in to Weft with {new}, and no longer with this address.",
            "If it was not you who changed it, answer whoever runs your Weft at once.",
        ],
    )


def password_reset(name: str, url: str) -> Draft:
    """To somebody who has forgotten their password."""
    return _draft(
        "Set a new password",
        [f"Hello {_first(name)},", "Somebody, most likely you, asked to set a new password for your account."],
        ("Set a new password", url),
        "The link works once, within an hour. If you did not ask for it, leave it alone: your password stays as it is.",
    )


def password_changed(name: str, url: str) -> Draft:
    """To somebody whose password was changed, in case it was not them."""
    return _draft(
        "Your password was changed",
        [f"Hello {_first(name)},", "The password of your account was just changed, and you were signed out everywhere else."],
        ("It was not me: set another", url),
    )


def invitation(business: str, inviter: str, roles: Sequence[str], url: str) -> Draft:
    """To somebody who is invited into a business."""
    as_what = f" as {_listed(roles)}" if roles else ""
    return _draft(
        f"{inviter} invites you to {business}",
        [
            "Hello,",
            f"{inviter} would like you to work with them in {business}{as_what}. Weft is where they keep their day-to-day business.",
        ],
        (f"Join {business}", url),
        "The invitation is for this address alone, and is open for seven days.",
    )


def closing(name: str, business: str, erased_on: date, url: str) -> Draft:
    """To an owner whose business was closed."""
    day = format_date(erased_on, format="long", locale="en_GB")
    return _draft(
        f"{business} is closed, and will be erased on {day}",
        [
            f"Hello {_first(name)},",
            f"{business} was closed just now. Nobody can work there any more; everything in it is kept until {day} and then erased for "
            "good. Until that day any owner can bring it back.",
        ],
        ("Bring it back", url),
    )


def brought_back(name: str, business: str, url: str) -> Draft:
    """To an owner whose business was brought back."""
    return _draft(
        f"{business} is open again",
        [f"Hello {_first(name)},", f"{business} was brought back, with everything as it was."],
        (f"Open {business}", url),
    )


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
