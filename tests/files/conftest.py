"""A bucket that speaks S3, and stores over a folder and over that bucket."""

import secrets
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from moto.server import ThreadedMotoServer

from core.files.store import FileStore
from core.settings import Settings


@pytest.fixture(scope="session")
def bucket() -> Iterator[str]:
    """Start a server that speaks S3 and make a bucket on it; yields its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    request = urllib.request.Request(
        f"http://{host}:{port}/weft", method="PUT", headers={"Authorization": "AWS4-HMAC-SHA256 x/y/us-east-1/s3"}
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileStore:
    """Return a store as the composition root opens one: over a folder, and over a bucket."""
    settings = Settings(database_url="", redis_url="", secret_key="x", data_dir=tmp_path)
    if request.param == "folder":
        return FileStore.open(settings)
    monkeypatch.setenv("AWS_ENDPOINT", request.getfixturevalue("bucket"))
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    return FileStore.open(msgspec.structs.replace(settings, files_url=f"s3://weft/{secrets.token_hex(4)}"))
