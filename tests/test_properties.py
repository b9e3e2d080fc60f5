"""Any sequence of ingest, edit, rename, remove and reindex: quotes stand in their files, store and indexes agree, and
the way that a corpus came does not change what it answers."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest  # noqa: TC002 - the fixtures need it
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from rag.index.status import load_sources
from rag.ingest import ingest, reindex, remove
from rag.pipeline import Pipeline
from rag.schema import Answer
from rag.settings import Settings
from tests.corpus import settings_for
from tests.crash.scene import faults_of

KEPT = "kept.txt"
"""A page that stays, so that the folder is never empty: what was read from an empty one is kept."""
FEED = "feed.jsonl"
NAMES = ("a.txt", "b.md", "c d.txt", "خبر.txt", "sub/a.txt", "sub/deep/e.txt")
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

sentences = st.builds(
    lambda form, thing, number: form.format(thing=thing, number=number),
    st.sampled_from(SENTENCES),
    st.sampled_from(THINGS),
    st.integers(2, 90),
)
bodies = st.lists(sentences, min_size=1, max_size=4).map(" ".join)
# no control characters: a file that reads as binary keeps its last good version, and its quotes stand in that one
anything = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=60)
articles = st.one_of(
    st.builds(lambda title, body: f"{title}\n\n{body}\n", st.sampled_from(THINGS), bodies),
    st.builds(lambda body, end: f"{body}{end}", bodies, st.sampled_from(["\r\n", "\r", "\n\n\n", "", " \u200f"])),
    st.builds(lambda body, more: f"{body}\n{more}", bodies, anything),
)


class Corpus(RuleBasedStateMachine):
    """One folder and one home, and whatever is done to them."""

    @initialize(kept=bodies)
    def begin(self, kept: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="isnad-properties-"))
        self.pages, self.settings = self.folder / "pages", settings_for(self.folder / "home")
        self.pages.mkdir()
        self.write_file(KEPT, kept)
        self.read()

    @rule(name=st.sampled_from(NAMES), text=articles)
    def edit(self, name: str, text: str) -> None:
        self.write_file(name, text)

    @rule(texts=st.dictionaries(st.sampled_from("123"), bodies, min_size=1, max_size=3))
    def edit_feed(self, texts: dict[str, str]) -> None:
        rows = [json.dumps({"id": key, "text": text}, ensure_ascii=False) for key, text in texts.items()]
        self.write_file(FEED, "\n".join(rows))

    @rule(old=st.sampled_from(NAMES), new=st.sampled_from(NAMES))
    def rename(self, old: str, new: str) -> None:
        if (self.pages / old).exists():
            (self.pages / new).parent.mkdir(parents=True, exist_ok=True)
            (self.pages / old).rename(self.pages / new)

    @rule(name=st.sampled_from((*NAMES, FEED)))
    def delete(self, name: str) -> None:
        (self.pages / name).unlink(missing_ok=True)

    @rule()
    def read(self) -> None:
        ingest([self.pages], self.settings, prune=True)
        self.judge()

    @rule()
    def read_twice(self) -> None:
        first = ingest([self.pages], self.settings, prune=True)
        again = ingest([self.pages], self.settings, prune=True)
        assert (again.num_embedded, again.num_added, again.num_changed, again.num_removed) == (0, 0, 0, 0)
        assert again.generation == first.generation
        self.judge()

    @rule()
    def rebuild(self) -> None:
        before = self.answers(self.settings)
        reindex(self.settings)
        assert self.answers(self.settings) == before

    @rule(which=st.integers(0, 9))
    def take_out(self, which: int) -> None:
        rows = load_sources(self.settings)
        source = rows[which % len(rows)].source
        if source != KEPT:
            remove(source, self.settings)
            assert source not in {row.source for row in load_sources(self.settings)}

    @invariant()
    def agrees(self) -> None:
        assert faults_of(str(self.settings.home)) == []

    def write_file(self, name: str, text: str) -> None:
        path = self.pages / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")

    def answers(self, settings: Settings) -> list[Answer]:
        with Pipeline(settings) as pipeline:
            return [rounded(pipeline.answer(question)) for question in QUESTIONS]

    def judge(self) -> None:
        """Hold every quote to its file, and the answers to those of a home that read it all at once."""
        found = self.answers(self.settings)
        for citation in (citation for answer in found for citation in answer.citations):
            assert self.text_of(citation.source)[citation.start : citation.end] == citation.quote
        fresh = settings_for(Path(tempfile.mkdtemp(dir=self.folder)) / "fresh")
        ingest([self.pages], fresh)
        assert [row.source for row in load_sources(fresh)] == [row.source for row in load_sources(self.settings)]
        assert self.answers(fresh) == found

    def text_of(self, source: str) -> str:
        name, _, article_id = source.partition("#")
        text = (self.pages / name).read_text(encoding="utf-8")
        if not article_id:
            return text
        return next(str(row["text"]) for row in map(json.loads, text.splitlines()) if row["id"] == article_id)

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.read()
            shutil.rmtree(self.folder)


def rounded(answer: Answer) -> Answer:
    """The answer without its times, and with scores to six digits: sums of the same numbers differ in the last one."""
    passages = tuple(
        replace(passage, **{name: round(getattr(passage, name), 6) for name in SCORES}) for passage in answer.passages
    )
    return replace(answer, timings_ms={}, passages=passages)


SCORES = ("score", "bm25", "lexical")


def test_whatever_is_done_to_a_corpus_it_stays_true(pytestconfig: pytest.Config) -> None:
    kills = pytestconfig.getoption("--kills")
    few = hypothesis_settings(
        max_examples=max(kills // 2, 2),
        stateful_step_count=max(min(kills // 5, 20), 6),
        phases=(Phase.explicit, Phase.generate),  # a step takes tenths of a second: shrinking would take minutes
    )
    run_state_machine_as_test(Corpus, settings=few)
