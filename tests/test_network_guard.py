"""The guard of tests/guard: nothing of the tests leaves the machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guard.sitecustomize import NetworkForbidden, guard, is_local

OUTSIDE = "192.0.2.1"  # never routed: RFC 5737


def run(code: str, log: Path) -> subprocess.CompletedProcess[str]:
    """Run `code` in a fresh Python as a test's subprocess would, with a log of its own."""
    environment = os.environ | {"NETWORK_GUARD_LOG": str(log)}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    ("host", "local"),
    [
        (None, True),
        ("", True),
        ("localhost", True),
        (b"localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("fe80::1%eth0", False),
        ("10.0.0.1", False),
        (OUTSIDE, False),
        ("example.org", False),
        ("localhost.example.org", False),
    ],
)
def test_what_is_local(host: object, local: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_local(host) is local


@pytest.mark.parametrize(
    "code",
    [
        f"import socket; socket.create_connection(('{OUTSIDE}', 9), timeout=1)",
        f"import socket; socket.socket().connect_ex(('{OUTSIDE}', 9))",
        f"import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('{OUTSIDE}', 9))",
        "import socket; socket.getaddrinfo('example.org', 443)",
        "import urllib.request; urllib.request.urlopen('http://example.org')",
        "import asyncio; asyncio.run(asyncio.open_connection('example.org', 443))",
        "import httpx; httpx.get('https://example.org')",
    ],
)
def test_a_process_that_leaves_the_machine_is_stopped_and_written_down(code: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    done = run(code, log)
    assert done.returncode != 0
    assert "NetworkForbidden" in done.stderr
    assert log.read_text(encoding="utf-8").startswith("socket.")


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        accepted, address = server.accept()
        accepted.close()
        assert address == client.getsockname()


def test_the_guard_stands_in_this_process_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NETWORK_GUARD_LOG", str(tmp_path / "log"))
    with pytest.raises(NetworkForbidden):
        socket.getaddrinfo("example.org", 443)
    with pytest.raises(NetworkForbidden):
        guard("socket.gethostbyname", ("example.org",))


def test_a_test_that_swallows_the_refusal_fails(tmp_path: Path, repository: Path) -> None:
    """What the code under test catches is failed all the same, in this process and in one it starts."""
    swallow = "import socket\ntry:\n    socket.getaddrinfo('example.org', 1)\nexcept Exception:\n    pass\n"
    (tmp_path / "test_swallow.py").write_text(
        "import subprocess, sys\n"
        f"CODE = {swallow!r}\n"
        "def test_here():\n    exec(CODE)\n"
        "def test_there():\n    subprocess.run([sys.executable, '-c', CODE], check=True)\n"
        "def test_quiet():\n    pass\n",
        encoding="utf-8",
    )
    (tmp_path / "conftest.py").write_text("from tests.conftest import *\nfrom tests.conftest import _no_network\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": f"{os.environ['PYTHONPATH']}{os.pathsep}{repository}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "3 passed, 2 errors" in done.stdout
    assert "example.org" in done.stdout


def test_nothing_of_the_person_who_runs_the_tests_is_left() -> None:
    left = [name for name in os.environ if name.startswith(("ISNAD_", "OPENAI_")) or name.endswith("_API_KEY")]
    assert left == []
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert not Path(".env").exists()
