"""Nothing of the machine it was written on gets into the repository: no path, no package registry."""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.architecture.tree import ROOT, tracked


@cache
def hosts() -> frozenset[str]:
    """Return the hosts of package registries: those everybody knows, put together so that they are not written here, and this machine's."""
    known = {
        ".".join(parts)
        for parts in (("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs", "org"), ("registry", "yarnpkg", "com"))
    }
    told = "\n".join(value for name, value in os.environ.items() if re.search(r"INDEX|REGISTRY|PROXY|MIRROR", name, re.IGNORECASE))
    command = [sys.executable, "-m", "pip", "config", "list"]
    told += subprocess.run(command, capture_output=True, text=True, check=False).stdout
    own = {host.rpartition("@")[2] for host in re.findall(r"https?://([^/\s'\":]+)", told)}
    return frozenset(known | {host for host in own if "." in host and not re.fullmatch(r"[\d.]+|localhost", host)})


@cache
def places() -> frozenset[str]:
    """Return folders that only this machine has: where the checkout is, and whose home this is."""
    own = [ROOT.parent] if len(ROOT.parent.parts) > 2 else []  # a clone in /tmp does not make /tmp this machine's own
    return frozenset(f"{place}/" for place in (ROOT, *own, Path.home()) if len(place.parts) > 1)


def mentions(words: frozenset[str]) -> list[str]:
    """Return every line of a tracked text file with one of the words in it."""
    pattern = re.compile("|".join(map(re.escape, sorted(words))))
    found = []
    for path in tracked():
        try:
            text = (ROOT / path).read_text()
        except UnicodeDecodeError:
            continue  # a picture or the like
        found += [f"{path}:{number}: {line.strip()[:120]}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]
    return found


def test_no_file_names_a_package_registry() -> None:
    assert mentions(hosts()) == []


def test_no_file_names_a_folder_of_this_machine() -> None:
    assert mentions(places()) == []


def test_no_file_is_larger_than_a_repository_should_carry() -> None:
    large = {str(path): size for path in tracked() if (size := (ROOT / path).stat().st_size) > 5_000_000}
    assert large == {}
