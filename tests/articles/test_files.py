"""Finding the files of a folder: which, in what order, and never out of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles.files import find_files, open_file, printable
from rag.errors import PathNotFound


def _write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("نص", encoding="utf-8")


def _names(folder: Path) -> list[str]:
    return [file.relative_to(folder).as_posix() for file in find_files(folder)]


def test_finds_articles_at_any_depth_sorted_by_relative_path(tmp_path: Path) -> None:
    _write(tmp_path, "ب.txt", "أ/ج/د.MD", "a.jsonl", "z/a.Txt", "أ.txt")
    assert _names(tmp_path) == sorted(["ب.txt", "أ/ج/د.MD", "a.jsonl", "z/a.Txt", "أ.txt"])


def test_passes_over_what_is_no_article(tmp_path: Path) -> None:
    _write(
        tmp_path,
        ".hidden.txt",
        ".git/a.txt",
        "README.md",
        "sub/readme.md",
        "a.doc",
        "~$a.docx",
        "txt",
        ".txt",
        "kept.md",
    )
    (tmp_path / "folder.txt").mkdir()
    assert _names(tmp_path) == ["kept.md"]


def test_a_file_is_itself_whatever_its_name(tmp_path: Path) -> None:
    _write(tmp_path, "README.md")
    assert find_files(tmp_path / "README.md") == [tmp_path / "README.md"]


def test_nothing_there_is_an_error_that_names_the_path(tmp_path: Path) -> None:
    with pytest.raises(PathNotFound, match="nowhere"):
        find_files(tmp_path / "nowhere")


def test_links_neither_loop_nor_leave_the_folder(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    _write(inside, "a.txt")
    _write(outside, "secret.txt")
    (inside / "loop").symlink_to(inside, target_is_directory=True)
    (inside / "away").symlink_to(outside, target_is_directory=True)
    (inside / "secret.txt").symlink_to(outside / "secret.txt")
    (inside / "itself.txt").symlink_to(inside / "itself.txt")
    (inside / "gone.txt").symlink_to(inside / "never.txt")
    (inside / "again.txt").symlink_to(inside / "a.txt")
    assert _names(inside) == ["a.txt", "again.txt"]


def test_a_linked_folder_may_be_named_itself(tmp_path: Path) -> None:
    _write(tmp_path / "real", "a.txt")
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    assert _names(tmp_path / "link") == ["a.txt"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert find_files(tmp_path) == []


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path, "a.txt", "locked/b.txt")
    scan = os.scandir

    def scandir(path: str | Path) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    told: list[tuple[Path, str]] = []
    found = find_files(tmp_path, on_unreadable=lambda path, why: told.append((path, why)))
    assert found == [tmp_path / "a.txt"]
    assert told == [(tmp_path / "locked", "Permission denied")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("خبر.txt", "خبر.txt"),
        ("a\nb", r"a\nb"),
        ("a\x00b\x1b", r"a\x00b\x1b"),
        ("a\u202eb", r"a\u202eb"),
        ("a\udcff", r"a\udcff"),
    ],
)
def test_names_are_made_printable(name: str, expected: str) -> None:
    assert printable(name) == expected


@given(st.text(st.characters()))
def test_a_printable_name_can_be_stored_and_stays_as_it_is(name: str) -> None:
    once = printable(name)
    assert once.isprintable()
    assert once.encode().decode() == printable(once)


def test_opens_what_a_link_leads_to(tmp_path: Path) -> None:
    _write(tmp_path, "a.txt")
    (tmp_path / "b.txt").symlink_to("a.txt")
    with open_file(tmp_path / "b.txt") as file:
        assert file.read() == "نص".encode()


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_opens_no_pipe_even_where_one_has_come_in_a_files_place(
    tmp_path: Path, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "a.txt")  # opening it would wait for ever
    _write(tmp_path, "b.txt")
    if when == "meanwhile":
        monkeypatch.setattr(Path, "stat", lambda _: os.stat(tmp_path / "b.txt"))  # noqa: PTH116
    with pytest.raises(OSError, match="not a regular file"):
        open_file(tmp_path / "a.txt")


def test_opens_no_device() -> None:
    with pytest.raises(OSError, match="not a regular file"):
        open_file(Path("/dev/zero"))
