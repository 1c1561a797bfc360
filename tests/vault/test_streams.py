"""Sealed files: what goes in comes out, from any place in it, and nothing else does."""

import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vault.locks import OwnKey
from core.vault.streams import CHUNK, TAG, SealedReader, SealedWriter, keys_of, new_heading, read_heading
from weft.errors import Invalid

KEY = b"k" * 32
EDGES = st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 17])


def sealed(content: bytes, cuts: list[int] | None = None, key: bytes = KEY) -> bytes:
    """Return a sealed file, written in several pieces."""
    file = io.BytesIO()
    with SealedWriter(file, key, new_heading(OwnKey(generation=1), key, {1: b"d" * 32})) as sink:
        start = 0
        for end in (*sorted(cuts or []), len(content)):
            sink.write(content[start:end])
            start = max(start, end)
    return file.getvalue()


def opened(file: bytes, key: bytes = KEY) -> bytes:
    return io.BufferedReader(SealedReader(io.BytesIO(file), key)).read()


@given(EDGES, st.lists(st.integers(0, 2 * CHUNK), max_size=5), st.integers(0, 2 * CHUNK + 50), st.integers(0, CHUNK + 50))
def test_what_was_sealed_is_read_from_any_place_however_it_was_written(size: int, cuts: list[int], at: int, length: int) -> None:
    content = random.Random(size).randbytes(size)
    file = sealed(content, cuts)
    reader = io.BufferedReader(SealedReader(io.BytesIO(file), KEY))
    assert reader.read() == content
    reader.seek(at)
    assert reader.read(length) == content[at : at + length]


def test_a_file_that_was_cut_changed_reordered_or_opened_with_another_key_is_refused() -> None:
    content = random.Random(1).randbytes(3 * CHUNK + 5)
    file = sealed(content)
    start = len(read_heading(io.BytesIO(file))[1])
    step = CHUNK + TAG
    swapped = file[:start] + file[start + step : start + 2 * step] + file[start : start + step] + file[start + 2 * step :]
    other = sealed(content)
    heading = len(read_heading(io.BytesIO(other))[1])
    wrong = {
        "whole chunks are cut off": file[: start + 2 * step],
        "the last byte is cut off": file[:-1],
        "everything but the heading is cut off": file[:start],
        "the heading is cut off": file[:20],
        "one bit is another": file[: start + step + 9] + bytes([file[start + step + 9] ^ 1]) + file[start + step + 10 :],
        "two chunks changed places": swapped,
        "a chunk is from another file": file[:start] + other[heading : heading + step] + file[start + step :],
        "the heading says another generation": file.replace(b'"generation":1', b'"generation":2'),
        "a chunk was put behind the end": file + file[-step:],
        "it is something else": b"PK\x03\x04" + file,
    }
    for what, changed in wrong.items():
        with pytest.raises(Invalid, match="archive"):
            opened(changed)
            pytest.fail(what)
    with pytest.raises(Invalid, match="passphrase is another one"):
        opened(file, b"x" * 32)
    assert opened(file) == content


def test_data_keys_travel_wrapped_and_only_the_right_key_unwraps_them() -> None:
    file = sealed(b"")
    heading, _ = read_heading(io.BytesIO(file))
    assert b"d" * 32 not in file
    assert keys_of(heading, KEY) == {1: b"d" * 32}
    with pytest.raises(Invalid, match="passphrase is another one"):
        keys_of(heading, b"x" * 32)
