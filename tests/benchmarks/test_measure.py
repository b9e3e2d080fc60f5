from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import run_isnad

if TYPE_CHECKING:
    import pytest


def test_no_server_of_the_person_is_written_to(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = f"sqlite:///{tmp_path / 'own.db'}"
    monkeypatch.setenv("ISNAD_DATABASE_URL", own)
    monkeypatch.setenv("isnad_chroma_url", "http://127.0.0.1:9")
    person = tmp_path / "person"
    person.mkdir()
    (person / ".env").write_text(f"ISNAD_DATABASE_URL={own}\n", "utf-8")
    monkeypatch.chdir(person)
    home = tmp_path / "home"
    run_isnad("ingest", str(repository / "seeds"), "--json", home=home)
    assert (home / "isnad.db").exists()
    assert not (tmp_path / "own.db").exists()
