"""Documents through an ingest: quotes stand in the stored text, and nothing that was read is lost."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rag.articles import read
from rag.articles.formats.docx import extract_docx
from rag.articles.formats.extracted import Extracted, RefusedError
from rag.articles.formats.html import extract_html
from rag.articles.formats.pdf import extract_pdf
from rag.articles.sandbox import Kind, Limits, Sandbox
from rag.index.status import load_sources, load_status, load_text
from rag.index.writer import Writer
from rag.ingest import ingest, reindex
from rag.pipeline import Pipeline
from rag.settings import Settings
from rag.text.sentences import split_sentences
from tests.articles.documents import ARTICLE, docx, html, painted, pdf, write
from tests.corpus import settings_for

QUESTION = "كم يبلغ طول جسر الوادي الجديد؟"
CONTENTS: dict[str, bytes | str] = {
    "a.html": html(ARTICLE),
    "sub/a.docx": docx(ARTICLE),
    "sub/a.pdf": pdf([painted(ARTICLE)]),
    "a.txt": "\n".join(ARTICLE),
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path / "home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in CONTENTS.items():
        write(tmp_path / "news", name, content)
    return tmp_path / "news"


def test_one_article_in_four_kinds_of_file_is_one_article(folder: Path, settings: Settings) -> None:
    report = ingest([folder], settings)
    assert (report.num_added, report.skipped) == (4, ())
    rows = load_sources(settings)
    assert {(row.title, row.outlet, row.date) for row in rows} == {(ARTICLE[0], "صحيفة الجسر", "2024-05-12")}
    assert {row.source: row.encoding for row in rows} == {
        "a.html": "html",
        "sub/a.docx": "docx",
        "sub/a.pdf": "pdf",
        "a.txt": "utf-8",
    }
    assert report.num_embedded == rows[0].num_chunks


def test_quotes_stand_in_the_text_that_is_stored(folder: Path, settings: Settings) -> None:
    ingest([folder], settings)
    pipeline = Pipeline(settings)
    answer = pipeline.answer(QUESTION)
    pipeline.close()
    assert answer.status == "answered"
    assert {citation.source for citation in answer.citations} == {"a.html", "a.txt", "sub/a.docx", "sub/a.pdf"}
    for citation in answer.citations:
        assert (load_text(citation.source, settings) or "")[citation.start : citation.end] == citation.quote


def test_what_has_not_changed_is_not_opened(folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    ingest([folder], settings)
    monkeypatch.setattr(subprocess, "Popen", never)
    assert ingest([folder], settings).num_unchanged == 4


REFUSED: dict[str, bytes | str] = {
    "sub/broken.pdf": b"%PDF-1.7",
    "scan.pdf": pdf([[]], picture=True),
    "menu.html": "<html><body></body></html>",
}


def never(*_: object, **__: object) -> None:
    pytest.fail("a process was started")


def refusals(folder: Path) -> Path:
    for name, content in REFUSED.items():
        write(folder, name, content)
    return folder


def test_what_was_refused_is_not_opened_again_until_it_changes(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ingest([refusals(folder)], settings)
    assert {item.source: item.reason for item in first.skipped} == {
        "menu.html": "no_text",
        "scan.pdf": "scanned",
        "sub/broken.pdf": "broken",
    }
    with monkeypatch.context() as patched:
        patched.setattr(subprocess, "Popen", never)
        again = ingest([folder], settings)
    assert (again.skipped, again.num_unchanged) == (first.skipped, 4)
    assert load_status(settings).skipped == first.skipped
    write(folder, "scan.pdf", pdf([painted(ARTICLE)]))
    report = ingest([folder], settings)
    assert (report.num_added, [item.source for item in report.skipped]) == (1, ["menu.html", "sub/broken.pdf"])


def test_what_was_refused_and_is_gone_is_forgotten(folder: Path, settings: Settings) -> None:
    ingest([refusals(folder)], settings)
    for name in REFUSED:
        (folder / name).unlink()
    assert ingest([folder], settings).skipped == load_status(settings).skipped == ()
    ingest([refusals(folder)], settings)
    assert {item.source for item in load_status(settings).skipped} == set(REFUSED)


def test_a_newer_reader_opens_the_documents_again_and_nothing_else(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest([refusals(folder)], settings)
    opened: list[str] = []
    extract = Sandbox.extract

    def noting(sandbox: Sandbox, path: Path, kind: Kind) -> Extracted:
        opened.append(path.name)
        return extract(sandbox, path, kind)

    monkeypatch.setattr(Sandbox, "extract", noting)
    monkeypatch.setattr(read, "EXTRACTOR", "formats/next")
    report = ingest([folder], settings)
    documents = ["a.docx", "a.html", "a.pdf", "broken.pdf", "menu.html", "scan.pdf"]
    assert (sorted(opened), report.num_unchanged) == (documents, 4)


def test_a_text_is_decoded_again_by_a_version_that_knows_more_encodings(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "old", "old.txt", "وقال المدير إن العدد تضاعف مرتين هذا العام.".encode("iso-8859-6"))
    monkeypatch.setattr(read, "decode", lambda data: (data.decode("cp1256", "replace"), "cp1256"))
    monkeypatch.setattr(read, "DECODER", "bytes/before")
    ingest([tmp_path / "old"], settings)
    monkeypatch.undo()
    assert ingest([tmp_path / "old"], settings).num_changed == 1


def test_a_document_that_fails_keeps_its_last_good_version(folder: Path, settings: Settings) -> None:
    ingest([folder], settings)
    for name in CONTENTS:
        if name != "a.txt":
            write(folder, name, b"\x00\x01\x02" * 99)
    write(folder, "b.html", html(("خبر جديد عن الميناء", "وصلت السفينة إلى الميناء أمس.")))
    for _ in range(2):
        report = ingest([folder], settings)
        assert sorted(item.source for item in report.skipped) == ["a.html", "sub/a.docx", "sub/a.pdf"]
        assert (report.num_articles, report.num_removed) == (5, 0)
    assert len(load_status(settings).skipped) == 3
    assert reindex(settings).num_articles == 5


def test_what_was_waited_for_in_vain_is_tried_again_and_costs_no_other(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest([folder], settings)
    for name in ("sub/a.pdf", "sub/a.docx"):
        write(folder, name, {"sub/a.pdf": pdf([painted(ARTICLE[:4])]), "sub/a.docx": docx(ARTICLE[:4])}[name])
    extract = Sandbox.extract

    def hasty(sandbox: Sandbox, path: Path, kind: Kind) -> Extracted:
        sandbox.limits = Limits(wall_s=0.0) if kind == "pdf" else Limits()
        return extract(sandbox, path, kind)

    with monkeypatch.context() as patched:
        patched.setattr(Sandbox, "extract", hasty)
        report = ingest([folder], settings)
    assert [(item.source, item.reason) for item in report.skipped] == [("sub/a.pdf", "unreadable")]
    assert (report.num_changed, report.num_articles) == (1, 4)
    assert (ingest([folder], settings).num_changed, load_text("sub/a.pdf", settings)) == (1, "\n".join(ARTICLE[:4]))


def test_what_takes_too_much_computing_costs_it_once(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "slow.html", html(ARTICLE * 4000))
    opened: list[str] = []
    extract = Sandbox.extract

    def hasty(sandbox: Sandbox, path: Path, kind: Kind) -> Extracted:
        opened.append(path.name)
        sandbox.limits = Limits(cpu_s=0 if path.name == "slow.html" else 40)
        sandbox.close()
        return extract(sandbox, path, kind)

    monkeypatch.setattr(Sandbox, "extract", hasty)
    for _ in range(2):
        report = ingest([folder], settings)
        assert [(item.source, item.reason) for item in report.skipped] == [("slow.html", "timed_out")]
    assert opened.count("slow.html") == 1


def test_what_died_with_its_process_is_tried_again(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest([folder], settings)
    for name in ("sub/a.pdf", "sub/new.pdf"):
        write(folder, name, pdf([painted(ARTICLE[:4])]))
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", "/bin/false")
        report = ingest([folder], settings)
    assert {(item.source, item.reason) for item in report.skipped} == {
        ("sub/a.pdf", "unreadable"),
        ("sub/new.pdf", "unreadable"),
    }
    assert (report.num_kept, report.num_articles) == (1, 4)
    report = ingest([folder], settings)
    assert (report.num_changed, report.num_added, load_text("sub/a.pdf", settings)) == (1, 1, "\n".join(ARTICLE[:4]))


def test_the_process_that_read_is_gone_before_the_index_is_built(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start, commit = subprocess.Popen, Writer.commit

    def noting(*arguments: Any, **options: Any) -> Any:
        started.append(start(*arguments, **options))
        return started[-1]

    def checking(writer: Writer, **options: Any) -> Any:
        assert [child.poll() is None for child in started] == [False]
        return commit(writer, **options)

    monkeypatch.setattr(subprocess, "Popen", noting)
    monkeypatch.setattr(Writer, "commit", checking)
    assert ingest([folder], settings).num_added == 4


_WORD = st.text(st.sampled_from("ابتجحدرسصعفقكلمنهوية"), min_size=2, max_size=9)
_NUMBER = st.sampled_from(["2024", "51.8%", "1,250", "12:30", "١٢٠"])
_SENTENCE = st.lists(_WORD | _NUMBER, min_size=3, max_size=14).map(lambda words: "قال " + " ".join(words) + " اليوم.")
# trafilatura takes a long paragraph that comes twice for a slip of the page
_PARAGRAPHS = st.lists(st.lists(_SENTENCE, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=8, unique=True)


@given(paragraphs=_PARAGRAPHS)
@hypothesis_settings(max_examples=40)
def test_every_sentence_comes_out_in_order(paragraphs: list[str]) -> None:
    lines = (ARTICLE[0], *paragraphs)
    assert extract_docx(docx(lines)).text.splitlines() == list(lines)
    with suppress(RefusedError):  # words that begin as none does, and numbers in a row that have no order
        whole, read_again = " ".join(lines), extract_pdf(pdf([painted(lines)])).text
        assert all(" ".join(read_again[start:end].split()) in whole for start, end in split_sentences(read_again))
    text = extract_html(html(lines).encode()).text
    at = 0
    for line in lines:
        at = text.index(line, at) + len(line)
