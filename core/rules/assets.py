"""Rules about the files that browsers fetch: they are the plugin's own, and nothing in them is what the policy of our pages refuses."""

import re
from collections.abc import Iterator
from pathlib import Path

from core.rules.rule import Problem, Rule
from core.rules.subject import Subject

_ELSEWHERE = {
    ".js": re.compile(r"""(?:\bfrom|\bimport\s*\(?|\bimportScripts\s*\()\s*["'`]((?:https?:)?//[^"'`\s]+)"""),
    ".css": re.compile(r"""(?:@import\s+|url\(\s*)["']?((?:https?:)?//[^"')\s]+)"""),
}
_ELSEWHERE[".mjs"] = _ELSEWHERE[".js"]
_MADE = re.compile(r"\beval\s*\(|\bnew\s+Function\s*\(")


def own_files(subject: Subject) -> Iterator[Problem]:
    """The folder is there, in the package, and browsers take what is in it."""
    for declared in subject.declared("assets"):
        folder = declared.folder.resolve()
        if not folder.is_dir():
            yield Problem(subject.hook_place("assets"), f"There is no folder “{declared.folder}”: make it, or return None.")
        elif subject.folder.resolve() not in folder.parents:
            yield Problem(subject.hook_place("assets"), f"“{declared.folder}” lies outside the plugin's package: keep its files in it.")
        else:
            for path in sorted(each for each in folder.rglob("*") if each.is_file()):
                yield from _file(subject, path)


def _file(subject: Subject, path: Path) -> Iterator[Problem]:
    if path.suffix in (".html", ".htm"):
        yield Problem(subject.shown(path), "A page of HTML is a template, not an asset: it would be served without a policy of its own.")
    if path.suffix not in _ELSEWHERE:
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    for address in _ELSEWHERE[path.suffix].findall(text):
        yield Problem(
            subject.shown(path), f"It loads {address}: browsers refuse what comes from another host. Ship the file with the plugin."
        )
    if path.suffix != ".css" and _MADE.search(text):
        yield Problem(subject.shown(path), "It makes a script from text (eval or new Function), which browsers refuse here: write it out.")


RULES = (Rule("assets", "Scripts, style sheets and pictures are the plugin's own, and browsers take them", own_files),)
