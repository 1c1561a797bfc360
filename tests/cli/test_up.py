"""What `weft up` refuses before it starts anything."""

import socket
from pathlib import Path

import pytest

from .conftest import Weft


def test_a_port_of_somebody_else_is_told_with_the_variable_to_change(typed: Weft, tmp_path: Path) -> None:
    with socket.socket() as theirs:
        theirs.bind(("127.0.0.1", 0))
        theirs.listen()
        port = theirs.getsockname()[1]
        refused = typed("up", WEFT_PORT=str(port), WEFT_DATA_DIR=str(tmp_path / "data"))
    assert (refused.code, refused.out) == (78, "")
    assert refused.err == (
        f"Port {port} on 127.0.0.1 is in use by another program. Stop that program, or choose another port: WEFT_PORT={port + 1}.\n"
    )
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(("name", "value"), [("WEFT_PORT", "eighty"), ("WEFT_BASE_URL", "weft.example"), ("WEFT_HOST", "192.0.2.1")])
def test_an_address_that_cannot_be_is_told_by_its_variable(typed: Weft, tmp_path: Path, name: str, value: str) -> None:
    refused = typed("up", "--json", **{"WEFT_PORT": "8123", name: value, "WEFT_DATA_DIR": str(tmp_path / "data")})
    assert (refused.code, refused.error["kind"]) == (78, "configuration")
    assert name in refused.error["message"]
    assert not (tmp_path / "data").exists()
