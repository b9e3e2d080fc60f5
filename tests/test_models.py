from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import huggingface_hub.constants
import pytest

from rag.errors import ModelUnavailable
from rag.models import find_model, is_model_name, pull
from rag.settings import Settings

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {
    "config.json": b"{}",
    "model.safetensors": b"weights",
    "pytorch_model.bin": b"the same weights",
    "onnx/model.onnx": b"and again",
    "1_Pooling/config.json": b"{}",
}


class Hub:
    """The hub's protocol on this machine, as far as a download needs it."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str | None]] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                path = self.path.partition("?")[0]
                hub.sent.append((path, self.headers.get("authorization")))
                name = path.partition(f"/resolve/{COMMIT}/")[2]
                siblings = [{"rfilename": file} for file in FILES]
                body, status = FILES.get(name, b""), 200 if name in FILES else 404
                if path.startswith("/api/models/someone/tiny/revision/") or path == "/api/models/someone/tiny":
                    body, status = json.dumps({"id": "someone/tiny", "sha": COMMIT, "siblings": siblings}).encode(), 200
                elif path.startswith("/api/models/someone/tiny/tree/"):
                    tree = [{"type": "file", "path": at, "size": len(FILES[at]), "oid": at} for at in FILES]
                    body, status = json.dumps(tree).encode(), 200
                self.send_response(status)
                for header, value in {"content-length": str(len(body)), "etag": '"1"', "x-repo-commit": COMMIT}.items():
                    self.send_header(header, value)
                if status != 200:
                    self.send_header("x-error-code", "RepoNotFound")
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            def do_GET(self) -> None:
                self._answer()

            def do_HEAD(self) -> None:
                self._answer()

            def log_message(self, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HF_TOKEN", "a-token-of-another-program")
    hub = Hub()
    thread = threading.Thread(target=hub.http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield hub
    huggingface_hub.close_session()
    hub.http.shutdown()
    hub.http.server_close()
    thread.join()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def test_pull_brings_what_is_needed_and_says_where(hub: Hub, settings: Settings) -> None:
    folder = pull("someone/tiny", settings, endpoint=hub.url)
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    wanted = ("config.json", "model.safetensors", "1_Pooling/config.json")
    assert found == {name: FILES[name] for name in wanted}
    assert find_model("someone/tiny", settings) == folder
    assert [token for _, token in hub.sent if token] == []


def test_pull_again_replaces(hub: Hub, settings: Settings) -> None:
    folder = pull("someone/tiny", settings, endpoint=hub.url)
    (folder / "config.json").write_text("damaged")
    (folder / "old.json").write_text("gone from the hub")
    assert pull("someone/tiny", settings, endpoint=hub.url) == folder
    assert (folder / "config.json").read_bytes() == FILES["config.json"]
    assert not (folder / "old.json").exists()


def test_an_unknown_model_leaves_nothing_behind(hub: Hub, settings: Settings) -> None:
    with pytest.raises(ModelUnavailable, match=r"someone/other could not be downloaded"):
        pull("someone/other", settings, endpoint=hub.url)
    with pytest.raises(ModelUnavailable, match="isnad model pull someone/other"):
        find_model("someone/other", settings)


def test_a_hub_out_of_reach(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelUnavailable, match="could not be downloaded"):
        pull("someone/tiny", settings, endpoint="http://127.0.0.1:9")


@pytest.mark.parametrize(
    "name", ["", "..", "../up", "a/b/c", "/absolute", "a..b", "سلام", "a b", "a/b\n", "-x", ".hidden"]
)
def test_what_is_no_name_is_not_asked_for(name: str, settings: Settings) -> None:
    assert not is_model_name(name)
    with pytest.raises(ModelUnavailable, match=r"no model's name"):
        pull(name, settings, endpoint="http://127.0.0.1:9")
