"""Any sequence of ingest, edit, spoil, move, rename, remove and reindex: quotes stand in their files, store and indexes
agree, and the way that a corpus came does not change what it answers."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, NamedTuple

import pytest
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from rag.index import build
from rag.index.status import load_sources, load_text
from rag.ingest import ingest, reindex, remove
from rag.pipeline import Pipeline
from rag.schema import Answer
from rag.settings import Settings
from tests.articles.documents import docx, html, painted, pdf
from tests.corpus import settings_for, without_rights
from tests.crash.scene import faults_of
from tests.told import tell

NEWS, MORE, WIRE = "news", "more", "wire"
"""Three folders, each a root: two without a name, which may hold no file of one name, and one with a name."""
KEPT = (f"{NEWS}/kept.txt", f"{MORE}/stays.txt", f"{WIRE}/kept.txt", "loose.txt")
"""A page of each that stays, so that none is ever empty: what stood in an empty folder is kept; and one beside them."""
FEED = f"{NEWS}/feed.jsonl"
TRAVELLER = "n.txt"
"""It stands in one of the two nameless folders, under the same name in each."""
DOCUMENTS = (f"{NEWS}/صفحة.html", f"{NEWS}/sub/report.pdf", f"{NEWS}/letter.docx")
TEXTS = (
    *(f"{NEWS}/{name}" for name in ("a.txt", "b.md", "c d.txt", "خبر.txt", "sub/a.txt", "sub/deep/e.txt")),
    f"{MORE}/m.txt",
    f"{WIRE}/a.txt",
)
NAMES = (*TEXTS, *DOCUMENTS, f"{MORE}/m.html", f"{WIRE}/صفحة.html", f"{WIRE}/letter.docx")
SPOILT = {
    ".txt": b"\x00\x01" * 99,
    ".md": b"",
    ".html": b"<html><body><p></p></body></html>",
    ".pdf": b"%PDF-1.7\nnothing",
    ".docx": b"PK\x03\x04nothing",
}
"""What each kind of file is refused for."""
THINGS = ("جسر الوادي", "مصنع الملح", "مكتبة المدينة", "طريق الجبل", "ميناء الرمال")
SENTENCES = (
    "افتتح الوزير {thing} يوم الاثنين.",
    "وبلغت كلفة {thing} نحو {number} مليون درهم.",
    "وقال المدير إن {thing} يعمل فيه {number} عاملا.",
    "وأغلقت البلدية {thing} بعد {number} أيام من الأمطار.",
    "ولم يذكر البيان شيئا عن الموعد التالي.",
)
QUESTIONS = (
    *(f"كم بلغت كلفة {thing}؟" for thing in THINGS[:3]),
    *(f"من افتتح {thing}؟" for thing in THINGS[1:]),
    "كم عاملا يعمل في ميناء الرمال؟",
    "لماذا أغلقت البلدية طريق الجبل؟",
    "من فاز بكأس العالم؟",
)


class Page(NamedTuple):
    """A file as it was written."""

    data: bytes
    text: str
    """What it says. What is quoted of a document stands in the text that was taken out of it, and that in here."""
    is_readable: bool = True


def page_of(text: str, encoding: str = "utf-8") -> Page:
    return Page(text.encode(encoding), text.replace("\r\n", "\n").replace("\r", "\n"))


sentences = st.builds(
    lambda form, thing, number: form.format(thing=thing, number=number),
    st.sampled_from(SENTENCES),
    st.sampled_from(THINGS),
    st.integers(2, 90),
)
bodies = st.lists(sentences, min_size=1, max_size=4).map(" ".join)
# no control characters: a file that reads as binary is refused, and what is refused is made by `spoil`
anything = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=60)
articles = st.one_of(
    st.builds(lambda title, body: f"{title}\n\n{body}\n", st.sampled_from(THINGS), bodies),
    st.builds(lambda body, end: f"{body}{end}", bodies, st.sampled_from(["\r\n", "\r", "\n\n\n", "", " \u200f"])),
    st.builds(lambda body, more: f"{body}\n{more}", bodies, anything),
)
pages = st.one_of(
    st.builds(page_of, articles),
    st.builds(page_of, st.lists(bodies, min_size=2).map("\n\n".join), st.sampled_from(["cp1256", "utf-16"])),
)
# long enough for the reader of web pages to know an article by
stories = st.tuples(
    st.sampled_from(THINGS), st.lists(st.lists(sentences, min_size=3, max_size=5).map(" ".join), min_size=2, max_size=3)
)


def document_of(suffix: str, story: tuple[str, list[str]]) -> Page:
    title, paragraphs = story
    lines = [title, *paragraphs]
    make = {".html": lambda: html(lines).encode(), ".pdf": lambda: pdf([painted(lines)]), ".docx": lambda: docx(lines)}
    return Page(make[suffix](), squeezed("".join(lines)))


def squeezed(text: str) -> str:
    return "".join(text.split())


class Corpus(RuleBasedStateMachine):
    """Three folders and one home, and whatever is done to them."""

    is_exact: ClassVar[bool] = True
    """Whether the way that a corpus came may not change a score."""
    held: ClassVar[list[str]] = []

    @initialize(
        bodies=st.tuples(bodies, bodies, bodies, bodies, bodies),
        stories=st.tuples(stories, stories, stories),
        first=st.lists(st.sampled_from([KEPT[0], KEPT[1], f"{NEWS}/sub"]), unique=True),
    )
    def begin(self, bodies: tuple[str, ...], stories: tuple[tuple[str, list[str]], ...], first: list[str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="isnad-properties-"))
        self.settings = settings_for(self.folder / "home")
        self.pages: dict[str, Page] = {}
        """The files as they stand."""
        self.good: dict[str, Page] = {}
        """The last version of each that could be read when it was: what is stored."""
        self.called = ""
        """What stands before the sources of MORE."""
        for name, body in zip((*KEPT, f"{NEWS}/{TRAVELLER}"), bodies, strict=True):
            self.write(name, page_of(body))
        for name, story in zip(DOCUMENTS, stories, strict=True):
            self.write(name, document_of(Path(name).suffix, story))
        for given in first:  # parts, before what they are parts of
            ingest([self.path_of(given)], self.settings)
        self.read(prune=True)
        assert len(load_sources(self.settings)) == len(KEPT) + 1 + len(DOCUMENTS)

    @rule(name=st.sampled_from(TEXTS), page=pages)
    def edit(self, name: str, page: Page) -> None:
        self.write(name, page)

    @rule(name=st.sampled_from(NAMES[len(TEXTS) :]), story=stories)
    def edit_document(self, name: str, story: tuple[str, list[str]]) -> None:
        self.write(name, document_of(Path(name).suffix, story))

    @rule(texts=st.dictionaries(st.sampled_from("123"), bodies, min_size=1, max_size=3))
    def edit_feed(self, texts: dict[str, str]) -> None:
        rows = [json.dumps({"id": key, "text": text}, ensure_ascii=False) for key, text in texts.items()]
        self.write(FEED, page_of("\n".join(rows)))

    @rule(name=st.sampled_from(NAMES))
    def spoil(self, name: str) -> None:
        self.write(name, Page(SPOILT[Path(name).suffix], "", is_readable=False))

    @rule(which=st.integers(0, 99))
    def lock(self, which: int) -> None:
        name = sorted(self.pages)[which % len(self.pages)]
        self.path_of(name).chmod(0)
        self.pages[name] = self.pages[name]._replace(is_readable=False)

    @rule(which=st.integers(0, 99), new=st.sampled_from(NAMES))
    def rename(self, which: int, new: str) -> None:
        olds = [
            name for name in sorted(self.pages) if Path(name).suffix == Path(new).suffix and name not in {*KEPT, new}
        ]
        if olds:
            old = olds[which % len(olds)]
            self.path_of(new).parent.mkdir(parents=True, exist_ok=True)
            self.path_of(old).rename(self.path_of(new))
            self.pages[new] = self.pages.pop(old)

    @rule(body=bodies)
    def travel(self, body: str) -> None:
        here, there = f"{NEWS}/{TRAVELLER}", f"{MORE}/{TRAVELLER}"
        if not self.pages.keys() & {here, there}:
            self.write(here, page_of(body))
            return
        old, new = (here, there) if here in self.pages else (there, here)
        self.path_of(old).rename(self.path_of(new))
        self.pages[new] = self.pages.pop(old)

    @rule(which=st.integers(0, 99))
    def delete(self, which: int) -> None:
        names = sorted(set(self.pages) - set(KEPT))
        if names:
            name = names[which % len(names)]
            self.path_of(name).unlink()
            del self.pages[name]

    @rule(prune=st.booleans())
    def read(self, *, prune: bool) -> None:
        self.ingest(self.folder, self.settings, prune=prune)
        self.note_reading("", prune=prune)
        self.judge(is_exact=self.is_exact)

    @rule()
    def read_twice(self) -> None:
        self.read(prune=True)
        before = load_sources(self.settings)
        assert set(self.ingest(self.folder, self.settings)) == {(0, 0, 0, 0)}
        assert load_sources(self.settings) == before

    @rule(which=st.integers(0, 99), is_folder=st.booleans())
    def read_part(self, which: int, *, is_folder: bool) -> None:
        names = sorted(name for name in self.pages if Path(name).name != TRAVELLER)
        name = names[which % len(names)]
        given = str(Path(name).parent) if is_folder and "/sub" in name else name
        with without_rights():
            ingest([self.path_of(given)], self.settings)
        self.note_reading(given, prune=False)

    @rule(name=st.sampled_from(["", "الأخبار", "a/b"]))
    def call(self, name: str) -> None:
        self.read(prune=True)
        self.called = name
        with without_rights():
            assert ingest([self.path_of(MORE)], self.settings, name=name).num_embedded == 0
        assert {row.path for row in load_sources(self.settings)} == set(map(self.path_of, self.good))

    @rule()
    def rebuild(self) -> None:
        before = self.answers(self.settings)
        reindex(self.settings)
        assert self.answers(self.settings) == before or not self.is_exact

    @rule(which=st.integers(0, 99))
    def take_out(self, which: int) -> None:
        sources = [row.source for row in load_sources(self.settings)]
        source = sources[which % len(sources)]
        if self.name_of(source) not in KEPT:
            remove(source, self.settings)
            assert source not in {row.source for row in load_sources(self.settings)}
            self.forget(source)

    @invariant()
    def agrees(self) -> None:
        assert faults_of(str(self.settings.home)) == []

    def path_of(self, name: str) -> Path:
        return self.folder / name

    def write(self, name: str, page: Page) -> None:
        path = self.path_of(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # it may be locked
        path.write_bytes(page.data)
        self.pages[name] = page

    def note_reading(self, given: str, *, prune: bool) -> None:
        """Note what is stored now that all under a path was read."""
        for name, page in self.pages.items():
            if name.startswith(given) and page.is_readable:
                self.good[name] = page
        gone = [name for name in self.good if name.startswith(given) and name not in self.pages]
        for name in gone:
            if prune or not self.is_away(name):
                del self.good[name]
        assert {row.path for row in load_sources(self.settings)} == set(map(self.path_of, self.good))

    def is_away(self, name: str) -> bool:
        """Whether what is left of the path to a file is empty."""
        standing = next(folder for folder in self.path_of(name).parents if folder.is_dir())
        return not any(path.is_file() for path in standing.rglob("*"))

    def ingest(self, folder: Path, settings: Settings, *, prune: bool = True) -> list[tuple[int, int, int, int]]:
        """Read all; return how much was encoded, added, changed and removed by each ingest."""
        with without_rights():
            reports = [
                *([ingest([folder / MORE], settings, prune=prune, name=self.called)] if self.called else []),
                ingest([folder / NEWS, folder / MORE, folder / KEPT[-1]], settings, prune=prune),
                ingest([folder / WIRE], settings, prune=prune, name=WIRE),
            ]
        return [(one.num_embedded, one.num_added, one.num_changed, one.num_removed) for one in reports]

    def answers(self, settings: Settings) -> list[Answer]:
        with Pipeline(settings) as pipeline:
            return [rounded(pipeline.answer(question)) for question in QUESTIONS]

    def judge(self, *, is_exact: bool) -> None:
        """Hold every quote to its file, and the answers to those of a home that read it all at once."""
        found = self.answers(self.settings)
        for citation in (citation for answer in found for citation in answer.citations):
            assert self.text_of(citation.source)[citation.start : citation.end] == citation.quote
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        for name, page in self.good.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(page.data)
        fresh = settings_for(folder / "home")
        self.ingest(folder, fresh)
        assert [row.source for row in load_sources(fresh)] == [row.source for row in load_sources(self.settings)]
        assert not is_exact or self.answers(fresh) == found

    def forget(self, source: str) -> None:
        """Note that an article is not stored any more; its file, where it can be read, is read again."""
        _, _, article_id = source.partition("#")
        page = self.good.pop(self.name_of(source))
        rows = [row for row in page.text.splitlines() if json.loads(row)["id"] != article_id] if article_id else []
        if rows:
            self.good[FEED] = page_of("\n".join(rows))

    def name_of(self, source: str) -> str:
        """The file of a source."""
        name, _, _ = source.partition("#")
        if name.startswith(f"{WIRE}/"):
            return name
        if self.called and name.startswith(f"{self.called}/"):
            return f"{MORE}/{name.removeprefix(f'{self.called}/')}"
        return next(place for place in (name, f"{NEWS}/{name}", f"{MORE}/{name}") if place in self.good)

    def text_of(self, source: str) -> str:
        """The text that spans of `source` count in, which stands in its file."""
        name, _, article_id = source.partition("#")
        page = self.good[self.name_of(source)]
        if article_id:
            return next(str(row["text"]) for row in map(json.loads, page.text.splitlines()) if row["id"] == article_id)
        if Path(name).suffix not in {".html", ".pdf", ".docx"}:
            return page.text
        text = load_text(source, self.settings)
        assert squeezed(text) in page.text
        return text

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.read(prune=True)
            if not self.is_exact:
                reindex(self.settings)
                self.judge(is_exact=True)
            shutil.rmtree(self.folder)
            self.held.append("held")


class LargeCorpus(Corpus):
    """One in which what was deleted goes on counting in the words' index, as in a large one."""

    is_exact = False
    held: ClassVar[list[str]] = []


def rounded(answer: Answer) -> Answer:
    """The answer without its times, and with scores to six digits: sums of the same numbers differ in the last one."""
    passages = tuple(
        replace(passage, **{name: round(getattr(passage, name), 6) for name in SCORES}) for passage in answer.passages
    )
    return replace(answer, timings_ms={}, passages=passages)


SCORES = ("score", "bm25", "lexical")


@pytest.mark.parametrize("corpus", [Corpus, LargeCorpus])
def test_whatever_is_done_to_a_corpus_it_stays_true(
    pytestconfig: pytest.Config, corpus: type[Corpus], monkeypatch: pytest.MonkeyPatch
) -> None:
    kills = pytestconfig.getoption("--kills")
    if corpus is LargeCorpus:
        monkeypatch.setattr(build, "_FEW", 0)
        monkeypatch.setattr(build, "_WORN", 1)
    few = hypothesis_settings(
        max_examples=max(kills // 3, 2) if corpus is Corpus else max(kills // 6, 1),
        stateful_step_count=max(min(kills // 5, 20), 6),
        phases=(Phase.explicit, Phase.generate),  # a step takes tenths of a second: shrinking would take minutes
    )
    run_state_machine_as_test(corpus, settings=few)
    tell(f"any sequence of edits ({corpus.__name__})", corpus.held)
