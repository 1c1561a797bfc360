"""Bytes go in and come out whole, in a folder and in a bucket, without being held in memory."""

import asyncio
import hashlib
from collections.abc import AsyncIterator

import obstore
import pytest

from core.files.store import FileStore, told
from weft.errors import Invalid, Missing, Unavailable

MB = 1 << 20


async def stream(megabytes: int, *, fail_at: int | None = None) -> AsyncIterator[bytes]:
    for number in range(megabytes):
        if number == fail_at:
            raise ConnectionResetError("the browser went away")
        yield bytes([number % 251]) * MB


async def read(store: FileStore, path: str) -> bytes:
    return b"".join([part async for part in store.read(path)])


async def everything(store: FileStore) -> list[str]:
    return [each["path"] for found in [part async for part in obstore.list(store.store)] for each in found]


async def test_a_stream_comes_out_as_it_went_in(store: FileStore) -> None:
    written = await store.write("t_a/1", stream(17))
    content = await read(store, "t_a/1")
    assert written.size == len(content) == 17 * MB
    assert written.sha256 == hashlib.sha256(content).hexdigest()
    assert written.head == bytes(MB)


@pytest.mark.parametrize("content", [b"", b"x", b"y" * (6 * MB)])
async def test_bytes_of_any_length_come_out_as_they_went_in(store: FileStore, content: bytes) -> None:
    assert (await store.write("t_a/1", content)).size == len(content)
    assert await read(store, "t_a/1") == content


async def test_a_stream_beyond_the_limit_is_refused_and_leaves_nothing(store: FileStore) -> None:
    with pytest.raises(Invalid, match=r"larger than 12\.5 MB"):
        await store.write("t_a/1", stream(30), limit=12_500_000)
    assert await everything(store) == []


async def test_a_stream_that_breaks_off_leaves_nothing(store: FileStore) -> None:
    with pytest.raises(ConnectionResetError):
        await store.write("t_a/1", stream(20, fail_at=11))
    assert await everything(store) == []


async def test_a_cancelled_upload_leaves_nothing(store: FileStore) -> None:
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(7):
            yield b"x" * MB
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(store.write("t_a/1", endless()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await everything(store) == []


async def test_what_is_not_there_is_missing_and_can_be_deleted_all_the_same(store: FileStore) -> None:
    with pytest.raises(Missing):
        await read(store, "t_a/nothing")
    await store.delete("t_a/nothing")


async def test_a_store_that_does_not_answer_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    from obstore.store import S3Store

    silent = FileStore(
        S3Store(
            "weft",
            endpoint="http://127.0.0.1:9",
            region="us-east-1",
            access_key_id="x",
            secret_access_key="y",
            client_options={"allow_http": True},
            retry_config={"max_retries": 0},
        )
    )
    with pytest.raises(Unavailable):
        await silent.write("t_a/1", b"x")
    with pytest.raises(Unavailable):
        await read(silent, "t_a/1")


@pytest.mark.parametrize(
    ("size", "text"), [(999, "999 bytes"), (1000, "1 kB"), (12_500_000, "12.5 MB"), (25_000_000, "25 MB"), (2 * 10**9, "2 GB")]
)
def test_sizes_are_told_as_people_say_them(size: int, text: str) -> None:
    assert told(size) == text
