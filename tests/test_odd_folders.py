"""Folders that hold something odd: only that is left out, and what the message says to do works."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.direction import MARKS
from rag.errors import InputError, SourceConflict
from rag.index.status import load_sources, load_status
from rag.ingest import ingest
from rag.naming import Names
from rag.settings import Settings
from tests.corpus import PAGES, settings_for, without_rights, write_pages

PAGE = PAGES["bridge.txt"]
FEED = json.dumps({"id": "1.txt", "text": "خبر عن المدينة."})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path / "home")


def sources(settings: Settings) -> list[str]:
    return [row.source for row in load_sources(settings)]


def test_only_a_feed_keeps_the_names_behind_its_own(tmp_path: Path, settings: Settings) -> None:
    report = ingest([write_pages(tmp_path / "k", {"a.txt": PAGE, "a.txt#3.txt": PAGE})], settings)
    assert (sources(settings), report.skipped) == (["a.txt", "a.txt#3.txt"], ())


@pytest.mark.parametrize(
    ("first", "second"), [("n.jsonl", "n.jsonl#1.txt"), ("n.jsonl#1.txt", "n.jsonl"), ("x\ny.txt", "x\\ny.txt")]
)
def test_of_two_files_of_one_folder_that_would_be_called_alike_one_is_skipped(
    tmp_path: Path, settings: Settings, first: str, second: str
) -> None:
    text = {name: FEED if name.endswith("jsonl") else PAGE for name in (first, second)}
    folder = write_pages(tmp_path / "k", {first: text[first], "other.txt": PAGE})
    ingest([folder], settings)
    before = sources(settings)
    write_pages(folder, {second: text[second]})
    for _ in range(2):
        report = ingest([folder], settings, name="" if _ else None)
        assert [(item.source, item.reason) for item in report.skipped] == [
            (str(folder / second).replace("\n", "\\n"), "unreadable")
        ]
        assert "rename one of the two" in report.skipped[0].detail
        assert load_status(settings).skipped == report.skipped
    assert sources(settings) == before
    (folder / second).rename(folder / f"new.{second[-3:]}")
    assert ingest([folder], settings).skipped == ()


def test_a_file_that_moved_between_two_folders_that_are_read_together_has_moved(
    tmp_path: Path, settings: Settings
) -> None:
    one = write_pages(tmp_path / "one", {"x.txt": PAGE, "y.txt": PAGE})
    two = write_pages(tmp_path / "two", {"z.txt": PAGE})
    ingest([one, two], settings)
    (one / "x.txt").rename(two / "x.txt")
    report = ingest([one, two], settings)
    assert (report.num_removed, report.num_added, report.num_embedded, report.num_articles) == (1, 1, 0, 3)
    assert {row.source: row.path for row in load_sources(settings)}["x.txt"] == two / "x.txt"


@pytest.mark.parametrize(("old", "new"), [("x\ny.txt", "x\\ny.txt"), ("n.jsonl", "n.jsonl#1.txt")])
def test_a_file_in_the_place_of_one_that_was_called_alike_is_read_at_once(
    tmp_path: Path, settings: Settings, old: str, new: str
) -> None:
    folder = write_pages(tmp_path / "k", {old: FEED, "other.txt": PAGE})
    ingest([folder], settings)
    (folder / old).unlink()
    write_pages(folder, {new: PAGE})
    report = ingest([folder], settings)
    assert (report.num_removed, report.num_added, report.skipped) == (1, 1, ())
    assert sources(settings) == sorted(["other.txt", new])


def test_a_name_is_found_taken_without_a_look_at_every_other() -> None:
    class Source(str):
        __slots__ = ()
        looked_at = 0

        def startswith(self, *arguments: Any) -> bool:
            Source.looked_at += 1
            return super().startswith(*arguments)

    names = Names([])
    for n in range(99):
        names.give(Source(f"{n}.jsonl"), Path(f"{n}.jsonl"))
    names.give("9.jsonl#1.txt", Path("9.jsonl#1.txt"))
    assert names.holder_of("8.jsonl", Path("other", "8.jsonl")) == Path("8.jsonl")
    assert names.holder_of("9.jsonl", Path("9.jsonl")) == Path("9.jsonl#1.txt")
    assert names.holder_of("7.jsonl#2.txt", Path("7.jsonl#2.txt")) == Path("7.jsonl")
    assert not Source.looked_at


def command_in(error: InputError) -> tuple[Path, str]:
    """Path and name of the command that a message says to run."""
    words = shlex.split(str(error).split("isnad ingest ")[1])
    assert words[1] == "--name"
    return Path(words[0]), words[2]


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("is_named", [True, False])
def test_a_conflict_ends_with_the_command_that_it_names(
    tmp_path: Path, settings: Settings, *, is_known: bool, is_named: bool
) -> None:
    one = write_pages(tmp_path / "one", {"sub/a.txt": PAGE})
    two = write_pages(tmp_path / "two", {"b.txt": PAGE})
    ingest([one], settings)
    if is_known:
        ingest([two], settings)
    write_pages(two, {"sub/a.txt": PAGE})
    with pytest.raises(SourceConflict) as raised:
        ingest([two / "sub" / "a.txt", two] if is_named and is_known else [two], settings)
    path, name = command_in(raised.value)
    assert ingest([path], settings, name=name).num_read == 2
    assert sources(settings) == [f"{name}/b.txt", f"{name}/sub/a.txt", "sub/a.txt"]


@pytest.mark.parametrize("lang", ["ar", "en"])
@pytest.mark.parametrize("is_moved", [True, False])
def test_what_a_message_says_to_type_works_with_the_home_that_was_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, lang: str, is_moved: bool
) -> None:
    options = ["--lang", lang, "--home", str(tmp_path / "my home")]
    one = write_pages(tmp_path / "المقالات كلها", {"a.txt": PAGE})
    assert main(["ingest", str(one), *options]) == 0
    two = one.rename(tmp_path / "two two") if is_moved else write_pages(tmp_path / "two two", {"a.txt": PAGE})
    assert main(["ingest", str(two), *options]) == 1
    (told,) = "".join(mark for mark in capsys.readouterr().err if mark not in MARKS).splitlines()
    command = shlex.split(told[told.index("isnad ingest") :])
    assert main([*command[1:], "--lang", lang]) == 0
    assert main(["ingest", str(two), *options]) == 0
    assert len(sources(settings_for(tmp_path / "my home"))) == (1 if is_moved else 2)


@pytest.mark.parametrize("lang", ["ar", "en"])
@pytest.mark.parametrize("missing", ["it's the folder", "it's the folder/sub", "alone.txt"])
def test_what_was_read_at_a_path_where_nothing_is_now_goes_with_the_command_that_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, missing: str, lang: str
) -> None:
    options = ["--lang", lang, "--home", str(tmp_path / "my home")]
    folder = write_pages(tmp_path / "it's the folder", {"sub/a.txt": PAGE})
    write_pages(tmp_path, {"alone.txt": PAGE})
    for given in (folder, tmp_path / "alone.txt"):
        assert main(["ingest", str(given), *options]) == 0
    (tmp_path / missing).rename(tmp_path / "away")
    capsys.readouterr()
    assert main(["ingest", str(tmp_path / missing), *options]) == 1
    (told,) = capsys.readouterr().err.splitlines()
    assert len(sources(settings_for(tmp_path / "my home"))) == 2
    assert main([*shlex.split(told[told.index("isnad ingest") :])[1:], "--lang", lang]) == 0
    assert len(sources(settings_for(tmp_path / "my home"))) == 1


@pytest.mark.parametrize("lang", ["ar", "en"])
@pytest.mark.parametrize("given", [["one one", "two"], ["one one/a.txt", "two/a.txt"]])
@pytest.mark.parametrize(("is_known", "name"), [(False, []), (False, ["--name", "N"]), (True, ["--name", "N"])])
def test_two_files_of_one_command_that_would_be_called_alike_are_read_with_the_two_that_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, is_known: bool, given: list[str], name: list[str], lang: str
) -> None:
    options = ["--lang", lang, "--home", str(tmp_path / "my home")]
    for number, folder in enumerate(("one one", "two")):
        write_pages(tmp_path / folder, {"a.txt": PAGE})
        if is_known:
            assert main(["ingest", str(tmp_path / given[number]), "--name", f"before{number}", *options]) == 0
    capsys.readouterr()
    assert main(["ingest", *(str(tmp_path / path) for path in given), *name, *options]) == 1
    (told,) = capsys.readouterr().err.splitlines()
    first, second = re.findall("isnad (ingest .*?my home')", told)
    assert main([*shlex.split(first), "--lang", lang]) == 0
    assert main([*shlex.split(second.replace("NAME", "other")), "--lang", lang]) == 0
    held = sources(settings_for(tmp_path / "my home"))
    assert held == sorted(["N/a.txt" if name else "a.txt", "other/a.txt"])


def test_a_conflict_over_one_file_asks_to_read_no_more_than_that(tmp_path: Path, settings: Settings) -> None:
    ingest([write_pages(tmp_path / "one", {"a.txt": PAGE})], settings)
    two = write_pages(tmp_path / "two", {"a.txt": PAGE, "b.txt": PAGE})
    with pytest.raises(SourceConflict) as raised:
        ingest([two / "a.txt"], settings)
    path, name = command_in(raised.value)
    assert ingest([path], settings, name=name).num_read == 1


def test_a_folder_gets_another_name_without_being_read_again(tmp_path: Path, settings: Settings) -> None:
    bad = json.dumps({"id": 2})
    folder = write_pages(tmp_path / "k", {"a.txt": PAGE, "n.jsonl": f"{FEED}\n{bad}", "empty.txt": ""})
    ingest([folder], settings, name="A")
    report = ingest([folder], settings, name="B/x")
    assert (report.num_unchanged, report.num_embedded, report.num_changed) == (2, 0, 0)
    assert sources(settings) == ["B/x/a.txt", "B/x/n.jsonl#1.txt"]
    assert [item.source for item in load_status(settings).skipped] == ["B/x/n.jsonl#2", "B/x/empty.txt"]
    assert ingest([folder], settings).num_unchanged == 2
    ingest([folder], settings, name="")
    assert sources(settings) == ["a.txt", "n.jsonl#1.txt"]


def test_a_name_for_a_part_of_a_folder_is_refused_with_what_works(tmp_path: Path, settings: Settings) -> None:
    folder = write_pages(tmp_path / "k", {"a.txt": PAGE, "sub/b.txt": PAGE})
    ingest([folder], settings)
    with pytest.raises(InputError, match="Leave out --name") as raised:
        ingest([folder / "sub"], settings, name="B c")
    path, name = command_in(raised.value)
    ingest([path], settings, name=name)
    assert sources(settings) == ["B c/a.txt", "B c/sub/b.txt"]


def test_another_name_that_is_taken_changes_nothing(tmp_path: Path, settings: Settings) -> None:
    ingest([write_pages(tmp_path / "one", {"a.txt": PAGE})], settings, name="A")
    two = write_pages(tmp_path / "two", {"a.txt": PAGE})
    ingest([two], settings, name="B")
    with pytest.raises(SourceConflict):
        ingest([two], settings, name="A")
    assert sources(settings) == ["A/a.txt", "B/a.txt"]


@pytest.mark.parametrize("is_file", [True, False])
def test_a_path_without_permission_stops_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, is_file: bool
) -> None:
    pages = write_pages(tmp_path / "pages")
    monkeypatch.setattr("os.access", lambda *_: False)  # the command line's own look, which knows root all the same
    closed = tmp_path / "closed"
    (write_pages(closed, {"x.txt": PAGE}) / "x.txt" if is_file else write_pages(closed, {"x.txt": PAGE})).chmod(0)
    given = closed / "x.txt" if is_file else closed
    with without_rights():
        code = main(["ingest", str(given), str(pages), "--home", str(tmp_path / "home"), "--json"])
    closed.chmod(0o700)
    report = json.loads(capsys.readouterr().out)
    assert (code, report["num_read"]) == (0, 3)
    assert [item["reason"] for item in report["skipped"]] == ["unreadable"]


def test_a_file_in_a_folder_that_may_not_be_entered_stops_no_other(tmp_path: Path, settings: Settings) -> None:
    pages = write_pages(tmp_path / "pages")
    closed = write_pages(tmp_path / "closed", {"x.txt": PAGE})
    closed.chmod(0o444)
    with without_rights():
        report = ingest([closed / "x.txt", pages], settings)
    closed.chmod(0o700)
    assert (report.num_read, [item.reason for item in report.skipped]) == (3, ["unreadable"])


@pytest.mark.parametrize("home", ["home", "."])
def test_what_isnad_keeps_for_itself_is_no_article(tmp_path: Path, home: str) -> None:
    pages = write_pages(tmp_path / "pages")
    settings = settings_for((pages / home).resolve())
    ingest([pages], settings)
    write_pages(settings.home, {"runs/1/report.md": PAGE, "uploads/sent.txt": PAGE, "runs/1/answers.jsonl": FEED})
    report = ingest([pages], settings)
    assert (report.num_read, report.skipped) == (3, ())
    assert ingest([settings.home / "uploads" / "sent.txt"], settings).num_added == 1, "but when it is named"


@pytest.mark.parametrize("home", ["home", "."])
def test_what_was_sent_to_a_home_in_the_folder_that_is_read_has_a_name_of_its_own(tmp_path: Path, home: str) -> None:
    pages = write_pages(tmp_path / "pages")
    settings = settings_for((pages / home).resolve())
    ingest([pages], settings)
    sent = write_pages(settings.home / "uploads", {"sent.txt": PAGE}) / "sent.txt"
    for _ in range(2):
        ingest([sent], settings, name="uploads")
        assert ingest([pages], settings).num_unchanged == 3
    assert sources(settings) == [*sorted(PAGES), "uploads/sent.txt"]


def test_what_is_kept_is_told_truly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = write_pages(tmp_path / "pages")
    arguments = ["--home", str(tmp_path / "home"), "--lang", "en"]
    main(["ingest", str(pages), *arguments])
    (pages / "bridge.txt").write_bytes(b"")
    (pages / "sub" / "match.txt").unlink()
    capsys.readouterr()
    unread = "Articles kept as they were, since their file could not be read whole: 1"
    command = f"isnad ingest {shlex.quote(str(pages))} --prune --home {shlex.quote(str(tmp_path / 'home'))}"
    away = f"Articles kept though their folder is empty or gone: 1. To drop them: {command}"
    for more, told in (([], [unread, away]), (["--prune"], [unread])):
        main(["ingest", str(pages), *more, *arguments])
        assert [line for line in capsys.readouterr().out.splitlines() if "kept" in line] == told


@pytest.mark.parametrize("beside", ["README.md", "photo.jpg", ".hidden", "deep/photo.jpg"])
def test_a_file_that_was_deleted_beside_others_of_any_kind_is_not_away(
    tmp_path: Path, settings: Settings, beside: str
) -> None:
    folder = write_pages(tmp_path / "k", {"sub/old.txt": PAGE, f"sub/{beside}": PAGE})
    ingest([folder], settings)
    (folder / "sub" / "old.txt").unlink()
    report = ingest([folder], settings)
    assert (report.num_removed, report.num_kept, report.num_articles) == (1, 0, 0)


@pytest.fixture
def linked(tmp_path: Path, settings: Settings) -> Path:
    """A folder that has been read, with a link in it from one folder to a file in another."""
    root = write_pages(tmp_path / "root", {"other/x.txt": PAGE, "sub/a.txt": PAGES["harvest.txt"], "b.txt": PAGE})
    (root / "sub" / "link.txt").symlink_to(Path("..", "other", "x.txt"))
    ingest([root], settings)
    return root


@pytest.mark.parametrize("is_named", [True, False])
def test_a_link_is_an_article_whichever_part_of_its_folder_is_read(
    tmp_path: Path, settings: Settings, linked: Path, *, is_named: bool
) -> None:
    if is_named:  # a root of its own, inside of one that came later
        settings = settings_for(tmp_path / "home2")
        ingest([linked / "sub"], settings, name="part")
        ingest([linked], settings)
    for given in (linked / "sub", linked, linked / "sub" / "a.txt"):
        report = ingest([given], settings)
        assert (report.num_added, report.num_removed, report.num_kept, report.num_articles) == (0, 0, 0, 4)


def test_a_link_is_away_where_what_it_leads_to_is(settings: Settings, linked: Path) -> None:
    (linked / "other" / "x.txt").unlink()
    report = ingest([linked], settings)
    assert (report.num_removed, report.num_away) == (0, 2)
    (linked / "other" / "y.txt").write_text(PAGE, encoding="utf-8")
    assert ingest([linked], settings).num_removed == 2, "a folder with a file in it is not away"
    assert sources(settings) == ["b.txt", "other/y.txt", "sub/a.txt"]


def test_a_link_to_what_may_not_be_looked_at_keeps_its_article(settings: Settings, linked: Path) -> None:
    (linked / "other").chmod(0)
    with without_rights():
        report = ingest([linked], settings)
    (linked / "other").chmod(0o700)
    assert report.num_removed == 0
    assert ("sub/link.txt", "unreadable") in [(item.source, item.reason) for item in report.skipped]
    assert ingest([linked], settings).num_unchanged == 4


@pytest.mark.parametrize("what", ["folder", "outside", "loop"])
def test_a_link_that_leads_to_no_article_any_more_ends_its_own(
    tmp_path: Path, settings: Settings, linked: Path, what: str
) -> None:
    outside = write_pages(tmp_path / "outside", {"x.txt": PAGE}) / "x.txt"
    link = linked / "sub" / "link.txt"
    link.unlink()
    link.symlink_to({"folder": linked / "other", "outside": outside, "loop": link}[what])
    assert ingest([linked], settings).num_removed == 1


@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_what_is_no_file_in_the_place_of_one_keeps_its_article_and_is_told(
    settings: Settings, linked: Path, kind: str
) -> None:
    (linked / "b.txt").unlink()
    if kind == "pipe":
        os.mkfifo(linked / "b.txt")
    else:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(str(linked / "b.txt"))
    for _ in range(2):
        report = ingest([linked], settings)
        assert (report.num_kept, report.num_away, report.num_removed) == (1, 0, 0)
        assert [(item.source, item.reason) for item in report.skipped] == [("b.txt", "unreadable")]
        assert load_status(settings).skipped == report.skipped
    (linked / "b.txt").unlink()
    assert ingest([linked], settings).num_removed == 1


def test_articles_that_lie_in_a_home_are_read_with_the_folder_around_it(tmp_path: Path) -> None:
    home = write_pages(tmp_path / "around" / "home", {"a.txt": PAGE})
    settings = settings_for(home)
    ingest([home], settings)
    (home / "a.txt").write_text(PAGE.replace("340", "365"), encoding="utf-8")
    report = ingest([tmp_path / "around"], settings)
    assert (report.num_changed, report.num_removed, sources(settings)) == (1, 0, ["home/a.txt"])
