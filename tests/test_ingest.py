from __future__ import annotations

import json
import os
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

import pytest
import sqlalchemy as sa

from bot.cli import main
from rag.articles import read
from rag.articles.clean import clean
from rag.articles.raw import RawArticle, Skipped
from rag.errors import DiskFull, IndexMismatch, InputError, NothingStored, PathNotFound, SourceConflict, SourceNotFound
from rag.index.encoders import HashingEncoder
from rag.index.reader import open_index
from rag.index.rows import Rows
from rag.index.status import IndexStatus, load_sources, load_status, load_text
from rag.index.vectors import VectorIndex
from rag.ingest import IngestReport, ingest, reindex, remove
from rag.schema import Article
from rag.settings import Settings
from rag.text.terms import terms
from tests.corpus import PAGES, settings_for, write_pages


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return write_pages(tmp_path / "pages")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path / "home")


def sources(settings: Settings) -> list[str]:
    return [row.source for row in load_sources(settings)]


def search(settings: Settings, query: str) -> list[tuple[str, str, float]]:
    """What the lexical side finds: source, text and score rounded to what a float keeps."""
    with open_index(settings) as index, index.reading() as reader:
        hits = dict(reader.search_chunks(Counter(terms(query)), 50))
        placed = reader.load_texts(reader.place(list(hits)))
    return sorted((found.place.source, found.text, round(hits[found.place.chunk_id], 4)) for found in placed)


def test_a_folder_goes_in_with_names_relative_to_it(pages: Path, settings: Settings) -> None:
    report = ingest([pages], settings)
    assert sources(settings) == ["bridge.txt", "harvest.txt", "sub/match.txt"]
    assert (report.num_added, report.num_articles, report.num_embedded) == (3, 3, report.num_chunks)


def test_every_chunk_stands_in_its_file_to_the_letter(pages: Path, settings: Settings) -> None:
    ingest([pages], settings)
    for source, text, _ in search(settings, "الجسر الزيتون الكأس"):
        assert text in (pages / source).read_text(encoding="utf-8")
        assert load_text(source, settings) == (pages / source).read_text(encoding="utf-8")


def test_the_same_corpus_twice_embeds_nothing_and_changes_nothing(pages: Path, settings: Settings) -> None:
    first = ingest([pages], settings)
    before = search(settings, "طول الجسر")
    second = ingest([pages], settings)
    assert (second.num_embedded, second.num_unchanged, second.generation) == (0, 3, first.generation)
    assert search(settings, "طول الجسر") == before


def test_a_changed_file_replaces_its_chunks(pages: Path, settings: Settings) -> None:
    ingest([pages], settings)
    (pages / "bridge.txt").write_text(PAGES["bridge.txt"].replace("340", "365"), encoding="utf-8")
    report = ingest([pages], settings)
    assert (report.num_changed, report.num_unchanged, report.num_articles) == (1, 2, 3)
    found = " ".join(text for _, text, _ in search(settings, "طول الجسر"))
    assert "365" in found
    assert "340" not in found


def test_a_renamed_file_keeps_its_vectors(pages: Path, settings: Settings) -> None:
    ingest([pages], settings)
    (pages / "bridge.txt").rename(pages / "sub" / "opened.txt")
    report = ingest([pages], settings)
    assert report.num_embedded == 0
    assert sources(settings) == ["harvest.txt", "sub/match.txt", "sub/opened.txt"]


def test_a_file_that_is_gone_goes_with_its_folder(pages: Path, settings: Settings) -> None:
    ingest([pages], settings)
    (pages / "harvest.txt").unlink()
    assert ingest([pages], settings).num_removed == 1
    assert search(settings, "الزيتون") == []


def test_one_folder_inside_a_root_keeps_the_names_of_the_root(pages: Path, settings: Settings) -> None:
    ingest([pages], settings)
    (pages / "harvest.txt").unlink()
    report = ingest([pages / "sub"], settings)
    assert (report.num_unchanged, report.num_removed) == (1, 0)
    assert sources(settings) == ["bridge.txt", "harvest.txt", "sub/match.txt"]


@pytest.mark.parametrize("how", ["empty", "missing"])
def test_an_empty_or_missing_folder_prunes_only_when_asked(pages: Path, settings: Settings, how: str) -> None:
    ingest([pages], settings)
    for name in PAGES:
        (pages / name).unlink()
    if how == "missing":
        (pages / "sub").rmdir()
        pages.rmdir()
        with pytest.raises(PathNotFound):
            ingest([pages], settings)
    else:
        assert ingest([pages], settings).num_kept == 3
    assert len(sources(settings)) == 3
    assert ingest([pages], settings, prune=True).num_removed == 3
    assert sources(settings) == []


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 100, b"  \n\n "])
def test_a_file_that_fails_to_read_keeps_its_last_good_version(pages: Path, settings: Settings, content: bytes) -> None:
    ingest([pages], settings)
    (pages / "bridge.txt").write_bytes(content)
    for _ in range(2):
        assert [item.source for item in ingest([pages], settings).skipped] == ["bridge.txt"]
    assert "bridge.txt" in sources(settings)
    assert search(settings, "طول الجسر")
    assert [item.source for item in load_status(settings).skipped] == ["bridge.txt"]


def test_a_bad_line_keeps_the_article_that_stood_there(tmp_path: Path, settings: Settings) -> None:
    lines = [json.dumps({"id": str(n), "text": f"خبر رقم {n} عن المدينة."}) for n in range(3)]
    file = write_pages(tmp_path / "feed", {"feed.jsonl": "\n".join(lines)}) / "feed.jsonl"
    ingest([file], settings)
    file.write_text("\n".join([lines[0], lines[1][:-5], lines[2]]), encoding="utf-8")
    assert [item.reason for item in ingest([file], settings).skipped] == ["bad_json"]
    assert sources(settings) == ["feed.jsonl#0", "feed.jsonl#1", "feed.jsonl#2"]
    file.write_text("\n".join([lines[0], lines[2]]), encoding="utf-8")
    assert ingest([file], settings).num_removed == 1
    assert sources(settings) == ["feed.jsonl#0", "feed.jsonl#2"]


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    """A folder whose one file has an article and a line that is none, and one that has nothing else."""
    line = json.dumps({"id": 1, "text": "خبر عن المدينة."})
    return write_pages(tmp_path / "sub" / "feed", {"feed.jsonl": f"{line}\n{{", "bad.jsonl": "{"})


def skips(found: IngestReport | IndexStatus) -> list[str]:
    return sorted(item.source for item in found.skipped)


def test_a_parent_gives_its_names_to_what_was_passed_over_too(feed: Path, settings: Settings) -> None:
    ingest([feed], settings)
    report = ingest([feed.parent], settings)
    assert skips(report) == skips(load_status(settings)) == ["feed/bad.jsonl", "feed/feed.jsonl"]


def test_what_was_passed_over_in_a_folder_that_is_away_is_known_when_it_is_back(feed: Path, settings: Settings) -> None:
    ingest([feed], settings)
    away = feed.rename(feed.parent / "away")
    feed.mkdir()
    assert ingest([feed], settings).num_kept == 1
    feed.rmdir()
    away.rename(feed)
    assert skips(ingest([feed], settings)) == skips(load_status(settings)) == ["bad.jsonl", "feed.jsonl"]


def test_a_refused_file_that_changed_while_it_was_read_is_read_again(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_pages(tmp_path / "pages", {"a.txt": " "}) / "a.txt"

    def torn(path: Path, *arguments: Any) -> Iterator[Any]:
        yield from read.read_articles(path, *arguments)
        file.write_text(PAGES["bridge.txt"], encoding="utf-8")

    with monkeypatch.context() as patched:
        patched.setattr("rag.reading.read_articles", torn)
        ingest([file], settings)
    file.write_text(" ", encoding="utf-8")  # as it was when its digest was taken
    file_read: list[Path] = []

    def noting(path: Path, *arguments: Any) -> Iterator[Any]:
        file_read.append(path)
        yield from read.read_articles(path, *arguments)

    monkeypatch.setattr("rag.reading.read_articles", noting)
    assert skips(ingest([file], settings)) == ["a.txt"]
    assert file_read == [file]


def test_a_store_from_before_refused_files_were_remembered_goes_on(feed: Path, settings: Settings) -> None:
    ingest([feed], settings)
    with closing(sqlite3.connect(settings.home / "isnad.db")) as store, store:
        store.execute("DROP TABLE refused")
    assert skips(load_status(settings)) == ["bad.jsonl", "feed.jsonl"]
    for _ in range(2):
        assert skips(ingest([feed], settings)) == ["bad.jsonl", "feed.jsonl"]


def test_a_line_without_text_keeps_its_own_article_and_no_other(tmp_path: Path, settings: Settings) -> None:
    rows = [{"id": n, "text": f"خبر رقم {n} عن المدينة."} for n in range(3)]
    file = tmp_path / "feed.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    ingest([file], settings)
    file.write_text("\n".join(map(json.dumps, [{"id": 0, "text": ""}, rows[1]])), encoding="utf-8")
    report = ingest([file], settings)
    assert [(item.source, item.reason) for item in report.skipped] == [("feed.jsonl#0", "no_text")]
    assert (report.num_unchanged, report.num_removed) == (1, 1)
    assert sources(settings) == ["feed.jsonl#0", "feed.jsonl#1"]


def test_two_roots_with_one_relative_path_ask_for_a_name(tmp_path: Path, pages: Path, settings: Settings) -> None:
    other = write_pages(tmp_path / "other", {"bridge.txt": "خبر آخر\n\nجسر آخر في بلد آخر."})
    ingest([pages], settings)
    with pytest.raises(SourceConflict, match="--name"):
        ingest([other], settings)
    assert len(sources(settings)) == 3
    ingest([other], settings, name="second")
    assert "second/bridge.txt" in sources(settings)
    with pytest.raises(InputError, match="second"):
        ingest([other / "bridge.txt"], settings, name="third")


def test_a_page_that_is_saved_again_in_another_encoding_says_so(pages: Path, settings: Settings) -> None:
    page = pages / "bridge.txt"
    page.write_text(PAGES["bridge.txt"], encoding="windows-1256")
    ingest([pages], settings)
    for encoding in ("utf-8", "utf-16", "windows-1256"):
        page.write_text(PAGES["bridge.txt"], encoding=encoding)
        report = ingest([pages], settings)
        assert (report.num_changed, report.num_embedded) == (1, 0)
        (row,) = (row for row in load_sources(settings) if row.source == "bridge.txt")
        assert page.read_text(row.encoding) == PAGES["bridge.txt"]


@pytest.mark.parametrize("name", ["..", "../x", "a//b", " ", "x#y", "two\nlines"])
def test_a_name_that_would_not_tell_what_a_source_is_of_is_refused(pages: Path, settings: Settings, name: str) -> None:
    with pytest.raises(InputError, match="--name"):
        ingest([pages], settings, name=name)
    assert ingest([pages], settings, name="وكالة/second edition/").num_added == 3
    assert "وكالة/second edition/bridge.txt" in sources(settings)


def test_a_folder_of_which_nothing_could_be_read_gives_no_names(tmp_path: Path, settings: Settings) -> None:
    folder = write_pages(tmp_path / "k", {"Makefile": "all:", "sub/bridge.txt": PAGES["bridge.txt"]})
    assert ingest([folder / "Makefile"], settings).skipped[0].reason == "unsupported"
    assert load_status(settings).roots == ()
    ingest([folder / "sub"], settings)
    assert sources(settings) == ["bridge.txt"]


def test_a_folder_that_is_gone_and_holds_nothing_is_forgotten(tmp_path: Path, settings: Settings) -> None:
    folders = [write_pages(tmp_path / name, {f"{name}.txt": PAGES["bridge.txt"]}) for name in ("gone", "there")]
    for folder in folders:
        ingest([folder], settings)
        remove(f"{folder.name}.txt", settings)
        (folder / f"{folder.name}.txt").unlink()
    folders[0].rmdir()
    ingest([write_pages(tmp_path / "pages")], settings)
    with closing(sqlite3.connect(settings.home / "isnad.db")) as store:
        known = {folder for (folder,) in store.execute("SELECT folder FROM roots")}
    assert known == {str(tmp_path / "there"), str(tmp_path / "pages")}


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_what_leads_nowhere_is_told_as_that(
    pages: Path, settings: Settings, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    loop = pages.with_name("loop")
    loop.symlink_to(loop)
    options = ["--home", str(settings.home), "--lang", lang]
    assert main(["ingest", str(pages), *options]) == 0
    unreal = os.fsdecode(b"n\xff")
    for words in (
        ["ingest", str(loop)],
        ["ingest", "~nosuchuser/x"],
        ["remove", unreal],
        ["sources", "--text", unreal],
    ):
        capsys.readouterr()
        assert main([*words, *options]) == 1
        told = capsys.readouterr().err
        assert told
        assert "--debug" not in told, told


def test_a_source_is_found_by_the_name_of_its_file(pages: Path, settings: Settings) -> None:
    (pages / "bridge.txt").rename(pages / "two\nlines.txt")
    ingest([pages], settings)
    assert remove("two\nlines.txt", settings).num_removed == 1


def test_a_folder_whose_articles_were_dropped_is_not_said_to_be_gone(pages: Path, settings: Settings) -> None:
    ingest([pages], settings)
    moved = pages.rename(pages.with_name("moved"))
    assert load_status(settings).roots == (pages,)
    ingest([pages], settings, prune=True)
    assert load_status(settings).roots == ()
    assert ingest([moved], settings).num_added == 3


def test_a_folder_read_before_its_parent_takes_the_names_that_the_parent_gives(pages: Path, settings: Settings) -> None:
    ingest([pages / "sub"], settings)
    assert sources(settings) == ["match.txt"]
    report = ingest([pages], settings)
    assert (report.num_added, report.num_unchanged, report.num_removed) == (2, 1, 0)
    assert sources(settings) == ["bridge.txt", "harvest.txt", "sub/match.txt"]


@pytest.mark.parametrize("order", [1, -1])
def test_a_folder_and_the_file_beside_it_may_be_given_together(pages: Path, settings: Settings, order: int) -> None:
    report = ingest([pages / "sub", pages / "bridge.txt"][::order], settings)
    assert (report.num_added, report.skipped) == (2, ())
    assert sources(settings) == ["bridge.txt", "match.txt"]
    report = ingest([pages], settings)
    assert (report.num_added, report.num_unchanged) == (1, 2)
    assert sources(settings) == ["bridge.txt", "harvest.txt", "sub/match.txt"]


@pytest.mark.parametrize("is_first", [True, False])
def test_a_file_given_by_name_changes_no_other_name_and_lets_no_link_lead_further(
    tmp_path: Path, settings: Settings, *, is_first: bool
) -> None:
    pages = {"news/pub.txt": PAGES["bridge.txt"], "private/secret.txt": PAGES["harvest.txt"], "note.txt": "خبر\n\nعن."}
    folder = write_pages(tmp_path / "p", pages)
    (folder / "news" / "link.txt").symlink_to(folder / "private" / "secret.txt")
    order = [folder / "note.txt", folder / "news"]
    for given in [*order[:: 1 if is_first else -1], folder / "news"]:
        ingest([given], settings)
    assert sources(settings) == ["note.txt", "pub.txt"]
    ingest([folder], settings)
    assert sources(settings) == ["news/link.txt", "news/pub.txt", "note.txt", "private/secret.txt"]


def test_a_name_given_with_a_file_is_that_of_the_files_given_one_by_one(pages: Path, settings: Settings) -> None:
    ingest([pages / "bridge.txt"], settings)
    ingest([pages / "harvest.txt"], settings, name="A")
    ingest([pages / "sub"], settings)
    assert sources(settings) == ["A/bridge.txt", "A/harvest.txt", "match.txt"]
    ingest([pages], settings)
    assert sources(settings) == ["A/bridge.txt", "A/harvest.txt", "A/sub/match.txt"]
    assert load_status(settings).roots == (pages,)


def test_a_thousand_paths_given_by_name_cost_no_look_at_the_store_each(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_pages(tmp_path / "pages", {f"{n}.txt": f"خبر {n}\n\nعن المدينة." for n in range(9)})
    folders = [write_pages(tmp_path / "more" / name, {f"{name}.txt": PAGES["bridge.txt"]}) for name in "abcdefghi"]
    looks: Counter[str] = Counter()
    for name in ("files", "roots"):
        look = getattr(Rows, name)

        def noting(rows: Rows, look: Callable[[Rows], object] = look, name: str = name) -> object:
            looks[name] += 1
            return look(rows)

        monkeypatch.setattr(Rows, name, noting)
    for given in ([folder], list(folder.iterdir()), folders, folders):
        looks.clear()
        ingest(given, settings)
        assert looks == {"files": 2, "roots": 3}
    assert ingest([tmp_path / "more"], settings).num_unchanged == 9
    assert looks == {"files": 5, "roots": 6}, "the files are looked at once more where roots are taken in"


def test_files_that_did_not_change_cost_no_look_at_the_store_each(tmp_path: Path, settings: Settings) -> None:
    line = json.dumps({"id": 1, "text": "خبر عن المدينة."})
    statements: list[str] = []

    def noting(*arguments: Any) -> None:
        statements.append(arguments[2])

    counts = []
    for num in (2, 9):
        pages = {f"{n}.{suffix}": f"{line}\n{{" for n in range(num) for suffix in ("txt", "jsonl")}
        folder = write_pages(tmp_path / "pages", pages | {f"{n}.md": " " for n in range(num)})
        ingest([folder], settings)
        statements.clear()
        sa.event.listen(sa.Engine, "before_cursor_execute", noting)
        report = ingest([folder], settings)
        sa.event.remove(sa.Engine, "before_cursor_execute", noting)
        assert (report.num_unchanged, len(report.skipped)) == (2 * num, 2 * num)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_what_no_longer_cleans_goes_with_a_reindex_and_its_file_is_read_again(
    pages: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest([pages], settings)
    (pages / "bridge.txt").write_bytes(b"")
    assert ingest([pages], settings).num_kept == 1

    def choosy(raw: RawArticle) -> Article | Skipped:
        return Skipped(raw.source, "bad_text", "") if "harvest" not in raw.source else clean(raw)

    with monkeypatch.context() as patched:
        patched.setattr("rag.ingest.clean", choosy)
        assert reindex(settings).num_removed == 2
    report = ingest([pages], settings)
    assert (report.num_unchanged, report.num_kept, report.num_added) == (1, 0, 1)
    assert skips(report) == ["bridge.txt"]
    assert sources(settings) == ["harvest.txt", "sub/match.txt"]


def test_copies_share_one_vector_and_keep_both_sources(tmp_path: Path, settings: Settings) -> None:
    text = PAGES["bridge.txt"]
    report = ingest([write_pages(tmp_path / "copies", {"a.txt": text, "b.txt": text})], settings)
    assert report.num_chunks == 2 * report.num_embedded
    assert {source for source, *_ in search(settings, "طول الجسر")} == {"a.txt", "b.txt"}
    assert remove("a.txt", settings).num_removed == 1
    assert {source for source, *_ in search(settings, "طول الجسر")} == {"b.txt"}


def test_removing_takes_an_article_or_a_whole_file(tmp_path: Path, settings: Settings) -> None:
    lines = "\n".join(json.dumps({"id": str(n), "text": f"خبر رقم {n} عن المدينة."}) for n in range(3))
    folder = write_pages(tmp_path / "feed", {"feed.jsonl": lines, "feed.jsonl2.txt": "خبر مستقل\n\nعن المدينة."})
    ingest([folder], settings)
    assert remove("feed.jsonl#1", settings).num_removed == 1
    assert remove("feed.jsonl", settings).num_removed == 2
    assert sources(settings) == ["feed.jsonl2.txt"]
    with pytest.raises(SourceNotFound):
        remove("feed.jsonl", settings)
    assert ingest([folder], settings).num_added == 3


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
def test_a_source_is_found_however_its_letters_are_composed(
    tmp_path: Path, settings: Settings, stored: Literal["NFC", "NFD"]
) -> None:
    name = unicodedata.normalize(stored, "آمال.txt")
    typed = unicodedata.normalize("NFD" if stored == "NFC" else "NFC", name)
    feed = json.dumps({"id": name, "text": "خبر عن المدينة."})
    ingest([write_pages(tmp_path / "k", {name: PAGES["bridge.txt"], "n.jsonl": feed})], settings)
    assert load_text(typed, settings) == PAGES["bridge.txt"]
    assert load_text(f"n.jsonl#{typed}", settings) == "خبر عن المدينة."
    for source in (typed, f"n.jsonl#{typed}"):
        assert remove(source, settings).num_removed == 1
    assert sources(settings) == []


def test_of_two_names_that_look_alike_the_one_that_was_typed_is_meant(tmp_path: Path, settings: Settings) -> None:
    composed, decomposed = (unicodedata.normalize(form, "آمال.txt") for form in ("NFC", "NFD"))
    ingest(
        [write_pages(tmp_path / "k", {composed: "خبر أول\n\nعن المدينة.", decomposed: PAGES["bridge.txt"]})], settings
    )
    assert load_text(decomposed, settings) == PAGES["bridge.txt"]
    remove(decomposed, settings)
    assert sources(settings) == [composed]


def test_any_order_of_ingests_then_reindex_gives_the_same_index(tmp_path: Path) -> None:
    one = write_pages(tmp_path / "one", {"bridge.txt": PAGES["bridge.txt"], "harvest.txt": PAGES["harvest.txt"]})
    two = write_pages(tmp_path / "two", {"match.txt": PAGES["sub/match.txt"]})
    found = []
    for number, order in enumerate(([one, two], [two, one])):
        settings = settings_for(tmp_path / f"home{number}")
        for folder in order:
            ingest([folder], settings)
        reindex(settings)
        found.append([search(settings, query) for query in ("طول الجسر", "الزيتون", "فريق الميناء والوزير")])
    assert found[0] == found[1]
    assert any(found[0])


def test_what_fails_halfway_leaves_the_old_state_serving(
    pages: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest([pages], settings)
    before = search(settings, "طول الجسر")
    (pages / "bridge.txt").write_text(PAGES["bridge.txt"].replace("340", "365"), encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(VectorIndex, "upsert", full)
        with pytest.raises(DiskFull, match="is full"):
            ingest([pages], settings)
    assert search(settings, "طول الجسر") == before
    assert [child.name for child in settings.index_folder.iterdir()] == ["1"]
    ingest([pages], settings)
    assert "365" in " ".join(text for _, text, _ in search(settings, "طول الجسر"))


def test_another_encoder_is_refused_until_reindex(
    pages: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest([pages], settings)
    monkeypatch.setattr(HashingEncoder, "name", "hashing-256/other")
    with pytest.raises(IndexMismatch, match="isnad reindex"):
        search(settings, "الجسر")
    with pytest.raises(IndexMismatch, match="isnad reindex"):
        ingest([pages], settings)
    assert reindex(settings).num_embedded == 3
    assert search(settings, "الجسر")


def test_one_name_in_two_folders_given_at_once_asks_for_a_name(tmp_path: Path, settings: Settings) -> None:
    folders = [write_pages(tmp_path / name, {"x.txt": "خبر\n\nعن المدينة."}) for name in ("a", "b")]
    with pytest.raises(SourceConflict, match="--name"):
        ingest(folders, settings)
    assert sources(settings) == []


def test_a_file_whose_name_is_not_utf8_is_skipped_by_name(tmp_path: Path, pages: Path, settings: Settings) -> None:
    nameless = Path(os.fsdecode(os.fsencode(pages) + b"/\xff.txt"))
    nameless.write_text("خبر\n\nعن المدينة.", encoding="utf-8")
    report = ingest([pages], settings)
    assert [(item.reason, "UTF-8" in item.detail) for item in report.skipped] == [("unreadable", True)]
    assert len(sources(settings)) == 3
    assert load_status(settings).skipped == report.skipped
    ingest([write_pages(tmp_path / "other", {"x.txt": PAGES["bridge.txt"]})], settings)
    assert load_status(settings).skipped == report.skipped, "another folder says nothing about this one"
    nameless.rename(pages / "named.txt")
    assert ingest([pages], settings).num_added == 1
    assert load_status(settings).skipped == ()


def test_an_emptied_folder_inside_a_root_prunes_only_when_asked(pages: Path, settings: Settings) -> None:
    ingest([pages], settings)
    (pages / "sub" / "match.txt").unlink()
    report = ingest([pages], settings)
    assert (report.num_removed, report.num_kept) == (0, 1)
    (pages / "sub").rmdir()
    assert ingest([pages], settings).num_removed == 1


def test_a_line_that_never_could_be_read_stops_no_removal(tmp_path: Path, settings: Settings) -> None:
    lines = [json.dumps({"id": str(n), "text": f"خبر رقم {n} عن المدينة."}) for n in range(3)]
    file = write_pages(tmp_path / "feed", {"feed.jsonl": "\n".join(["{", *lines])}) / "feed.jsonl"
    ingest([file], settings)
    file.write_text("\n".join(["{", *lines[:2]]), encoding="utf-8")
    assert ingest([file], settings).num_removed == 1


BAD_LINES: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda line: line[:-20],
    "not UTF-8": lambda line: line.replace("خبر".encode(), b"\xc7\xe1"),
    "too long": lambda line: line[:-2] + b" " * read.MAX_BYTES + b'"}',
    "no object": lambda line: b"[" + line + b"]",
}


@pytest.mark.parametrize(
    ("bad", "encoding"),
    [
        (bad, encoding)
        for bad in BAD_LINES
        for encoding in ("utf-8", "utf-16")
        if (bad, encoding) != ("not UTF-8", "utf-16")
    ],
)
def test_a_line_that_breaks_when_another_one_is_mended_keeps_its_article(
    tmp_path: Path, settings: Settings, bad: str, encoding: str
) -> None:
    good = [json.dumps({"id": n, "text": f"خبر رقم {n} عن المدينة."}, ensure_ascii=False).encode() for n in (1, 2)]
    broken = [BAD_LINES[bad](line) for line in good]
    file = tmp_path / "feed.jsonl"

    def ingested(*lines: bytes) -> tuple[int, int, list[str]]:
        content = b"\n".join(lines)
        file.write_bytes(content if encoding == "utf-8" else content.decode().encode(encoding))
        report = ingest([file], settings)
        return report.num_removed, report.num_kept, sources(settings)

    assert ingested(good[0], broken[1]) == (0, 0, ["feed.jsonl#1"])
    for _ in range(2):
        assert ingested(broken[0], good[1]) == (0, 1, ["feed.jsonl#1", "feed.jsonl#2"])
    assert ingested(b"", broken[0], good[1]) == (0, 1, ["feed.jsonl#1", "feed.jsonl#2"]), "on another line"
    assert ingested(good[1]) == (1, 0, ["feed.jsonl#2"])


def test_a_line_that_broke_when_nothing_was_missing_stops_no_removal(tmp_path: Path, settings: Settings) -> None:
    lines = [json.dumps({"id": n, "text": f"خبر رقم {n} عن المدينة."}) for n in range(3)]
    file = tmp_path / "feed.jsonl"
    for found, removed in ((lines, 0), ([*lines, "{"], 0), (["", "{", *lines[1:]], 1), (["{", "{", lines[2]], 0)):
        file.write_text("\n".join(found), encoding="utf-8")
        assert ingest([file], settings).num_removed == removed
    assert sources(settings) == ["feed.jsonl#1", "feed.jsonl#2"], "there is a second such line, which may be it"


@pytest.mark.parametrize("failure", ["torn", "binary", "away"])
def test_a_feed_that_keeps_failing_loses_nothing(
    tmp_path: Path, settings: Settings, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [json.dumps({"id": str(n), "text": f"خبر رقم {n} عن المدينة."}) for n in range(4)]
    file = write_pages(tmp_path / "feed", {"feed.jsonl": "\n".join(lines[:3])}) / "feed.jsonl"
    ingest([file], settings)

    def refused(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    for attempt in range(3):
        with monkeypatch.context() as broken:
            if failure == "torn":
                file.write_text("\n".join([lines[0], lines[1], lines[2][:-5], *lines[3:] * attempt]), encoding="utf-8")
            elif failure == "binary":
                file.write_bytes(b"\x00\x01" * (50 + attempt))
            else:
                broken.setattr(read, "open_file", refused)
            report = ingest([file], settings)
        assert (report.num_removed, report.num_kept) == (0, 1 if failure == "torn" else 3)
    assert {"feed.jsonl#0", "feed.jsonl#1", "feed.jsonl#2"} <= set(sources(settings))
    again = ingest([file], settings)
    assert again.num_removed == 0
    assert again.num_unchanged + again.num_kept == again.num_articles
    file.write_text("\n".join(lines[:2]), encoding="utf-8")
    ingest([file], settings)
    assert sources(settings) == ["feed.jsonl#0", "feed.jsonl#1"], "a file that reads whole again is believed"


def test_a_new_article_in_place_of_all_the_old_ones_removes_them(tmp_path: Path, settings: Settings) -> None:
    rows = [json.dumps({"id": str(n), "text": f"خبر رقم {n} عن المدينة."}) for n in range(3)]
    file = write_pages(tmp_path / "feed", {"feed.jsonl": "\n".join(["{", *rows[:2]])}) / "feed.jsonl"
    ingest([file], settings)
    file.write_text("\n".join(["{", rows[2]]), encoding="utf-8")
    assert ingest([file], settings).num_removed == 2
    assert sources(settings) == ["feed.jsonl#2"]


def test_a_parent_takes_in_folders_whose_names_cross(tmp_path: Path, settings: Settings) -> None:
    inner = write_pages(tmp_path / "e" / "b", {"x.txt": "خبر أول\n\nعن المدينة."})
    ingest([inner], settings)
    write_pages(inner, {"b/x.txt": "خبر ثان\n\nعن القرية."})
    ingest([inner], settings)
    assert sources(settings) == ["b/x.txt", "x.txt"]
    report = ingest([tmp_path / "e"], settings)
    assert (report.num_unchanged, report.num_removed) == (2, 0)
    assert sources(settings) == ["b/b/x.txt", "b/x.txt"]


def test_a_parent_that_would_take_a_name_of_another_root_is_refused(tmp_path: Path, settings: Settings) -> None:
    ingest([write_pages(tmp_path / "one", {"b/x.txt": "خبر أول\n\nعن المدينة."})], settings)
    ingest([write_pages(tmp_path / "two" / "b", {"x.txt": "خبر ثان\n\nعن القرية."})], settings)
    with pytest.raises(SourceConflict, match="--name"):
        ingest([tmp_path / "two"], settings)
    assert sources(settings) == ["b/x.txt", "x.txt"]


@pytest.mark.parametrize("names", [("n.jsonl#1.txt", "n.jsonl"), ("a#b.jsonl#1.txt", "a#b.jsonl")])
def test_a_feed_whose_article_may_be_named_like_a_stored_file_is_refused(
    tmp_path: Path, settings: Settings, names: tuple[str, str]
) -> None:
    ingest([write_pages(tmp_path / "one", {names[0]: "خبر آخر\n\nعن القرية."})], settings)
    feed = {names[1]: json.dumps({"id": "1.txt", "text": "خبر عن المدينة."})}
    with pytest.raises(SourceConflict):
        ingest([write_pages(tmp_path / "two", feed)], settings)


@pytest.mark.parametrize("what", ["folder", "link"])
def test_what_took_the_place_of_a_file_ends_its_article(pages: Path, settings: Settings, what: str) -> None:
    ingest([pages], settings)
    (pages / "bridge.txt").unlink()
    if what == "folder":
        (pages / "bridge.txt").mkdir()
    else:
        (pages / "bridge.txt").symlink_to("/etc/hostname")
    assert ingest([pages], settings).num_removed == 1


def test_what_was_skipped_is_forgotten_with_its_file(pages: Path, settings: Settings) -> None:
    (pages / "empty.txt").touch()
    ingest([pages], settings)
    assert [item.source for item in load_status(settings).skipped] == ["empty.txt"]
    (pages / "empty.txt").unlink()
    ingest([pages], settings)
    assert load_status(settings).skipped == ()


def test_what_was_skipped_is_forgotten_where_a_folder_took_the_place_of_its_file(
    pages: Path, settings: Settings
) -> None:
    (pages / "empty.txt").touch()
    ingest([pages], settings)
    (pages / "empty.txt").unlink()
    (pages / "empty.txt").mkdir()
    ingest([pages], settings)
    assert load_status(settings).skipped == ()


def test_what_needs_a_store_makes_none(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(NothingStored):
        remove("a.txt", settings)
    with pytest.raises(NothingStored):
        reindex(settings)
    with pytest.raises(PathNotFound):
        ingest([tmp_path / "nowhere"], settings)
    assert not settings.home.exists()


def test_an_empty_folder_makes_no_generation(tmp_path: Path, settings: Settings) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    report = ingest([empty], settings)
    assert (report.generation, report.num_articles) == (0, 0)
    assert load_status(settings).num_articles == 0
