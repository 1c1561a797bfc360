"""A business goes out into a file and comes in again, and back to what it was, all by the command."""

from pathlib import Path

from .conftest import Weft


def test_a_business_is_exported_imported_backed_up_and_restored(weft: Weft, slug: str, tmp_path: Path) -> None:
    words, file = tmp_path / "words", tmp_path / "out.weft"
    words.write_text("correct horse battery staple\n")
    weak = tmp_path / "weak"
    weak.write_text("short\n")
    refused = weft("tenant", "export", slug, str(file), "--passphrase-file", str(weak), "--json")
    assert (refused.code, list(refused.error["fields"])) == (1, ["passphrase"])
    assert not list(tmp_path.glob("out*"))
    made = weft("tenant", "export", slug, str(file), "--passphrase-file", str(words), "--json")
    assert made.code == 0
    assert made.document["bytes"] == file.stat().st_size
    again = weft("tenant", "export", slug, str(file), "--passphrase-file", str(words))
    assert (again.code, "is there already" in again.err) == (2, True)
    copy = weft("tenant", "import", str(file), "--as", f"{slug}-copy", "--quiet", "--passphrase-file", str(words), "--json")
    assert (copy.code, copy.document["rows"]) == (0, made.document["rows"])
    taken = weft("tenant", "import", str(file), "--as", slug, "--passphrase-file", str(words), "--json")
    assert (taken.code, taken.error["kind"]) == (1, "conflict")
    other = weft("tenant", "import", str(file), "--as", f"{slug}-x", "--passphrase-file", str(weak), "--json")
    assert "passphrase is another one" in other.error["message"]
    none = weft("tenant", "restore", slug, "--as", f"{slug}-then", "--json")
    assert (none.code, none.error["kind"]) == (1, "missing")
    assert weft("tenant", "backup", slug, "--json").document["state"] == "stored"
    [listed] = weft("tenant", "backups", slug, "--json").document
    assert weft("tenant", "restore", slug, "--as", f"{slug}-then", "--at", "2020-01-01", "--json").code == 1
    assert weft("tenant", "restore", slug, "--as", f"{slug}-then", "--at", "noon").code == 2
    then = weft("tenant", "restore", slug, "--as", f"{slug}-then", "--json")
    assert (then.code, then.document["as_of"]) == (0, listed["made_at"])
    states = {each["slug"]: each["state"] for each in weft("tenant", "list", "--json").document}
    assert [states[each] for each in (slug, f"{slug}-copy", f"{slug}-then")] == ["active"] * 3
    keys = weft("vault", "show", "--json").document
    assert [each["use"] for each in keys] == ["in use"]
    assert keys[0]["wraps"] >= 3
    assert weft("vault", "rotate", "--json").document["done"] == 0
    assert weft("vault", "rotate", slug, "--json").document == {"slug": slug, "done": 0}
    assert weft("vault", "seal", slug, "--json").document == {"slug": slug, "done": 0}
    assert weft("vault", "seal", "--json").code == 0  # others of the run may have left something readable
    assert weft("vault", "seal", "--json").document == {"slug": None, "done": 0}
