"""The measuring data beside the project: read here, never copied into it."""

from __future__ import annotations

import gzip
import json
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from rag.articles.clean import clean
from rag.articles.raw import RawArticle
from rag.schema import Article
from rag.text.sentences import split_sentences
from rag.text.terms import words

_ROOT = Path(__file__).resolve().parents[2]
_ARTEFACTS = ("- ", " ال")
"""ARCD's questions begin with a dash, and some end in a stray article behind the question mark."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question whose answer is known: the source that holds it and the accepted texts."""

    question_id: str
    text: str
    source: str
    answers: tuple[str, ...]
    group: str
    """Questions of one group go to one fold of a cross-validation."""


def shared_folder() -> Path:
    """The folder of the measuring data: `ISNAD_SHARED`, else `../shared`; exits where it is absent."""
    folder = Path(os.environ.get("ISNAD_SHARED", _ROOT.parent / "shared"))  # noqa: TID251 (no setting of the product)
    if not (folder / "data" / "arcd-train.json").is_file():
        sys.exit(f"{folder} holds no measuring data (data/arcd-train.json); set ISNAD_SHARED to its folder.")
    return folder


def load_arcd() -> tuple[list[Article], list[Question]]:
    """ARCD train: each paragraph as one file that holds nothing else, and its questions."""
    articles: list[Article] = []
    questions: list[Question] = []
    for topic in json.loads((shared_folder() / "data" / "arcd-train.json").read_text("utf-8"))["data"]:
        for paragraph in topic["paragraphs"]:
            source = f"arcd/{len(articles):03}.txt"
            articles.append(_article(source, paragraph["context"]))
            questions += [
                Question(
                    asked["id"],
                    _plain(asked["question"]),
                    source,
                    tuple(answer["text"] for answer in asked["answers"]),
                    topic["title"],
                )
                for asked in paragraph["qas"]
            ]
    return articles, questions


def news_file() -> Path:
    """SaudiNewsNet, gzipped JSONL."""
    return shared_folder() / "data" / "news" / "saudinewsnet.jsonl.gz"


def load_news() -> list[Article]:
    """Every SaudiNewsNet article that has text, as ingesting its JSONL would give it."""
    found = []
    with gzip.open(news_file(), "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record["text"].strip():
                source = f"news.jsonl#{record['id']}"
                article = _article(source, record["text"], (record["title"] or "").strip() or None)
                found.append(replace(article, date=record["date"][:10], outlet=record["source"]))
    return found


def load_stories() -> dict[str, frozenset[str]]:
    """Every article that has near-duplicates: its source and those of its story, itself included."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    with gzip.open(shared_folder() / "data" / "news" / "near-duplicate-pairs.tsv.gz", "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            first, second, *_ = line.split("\t")
            parent[root(first)] = root(second)
    members: dict[str, set[str]] = {}
    for name in parent:
        members.setdefault(root(name), set()).add(f"news.jsonl#{name}")
    return {f"news.jsonl#{name}": frozenset(members[root(name)]) for name in parent}


def load_out_of_scope() -> list[str]:
    """Natural questions that a news corpus does not answer."""
    lines = (shared_folder() / "data" / "out-of-scope-questions.tsv").read_text("utf-8").splitlines()
    return [line.split("\t", 1)[1] for line in lines if "\t" in line]


def spoken(text: str) -> str:
    """`text` as answers are compared: its normalised words."""
    return " ".join(words(text))


def holds(text: str, answers: tuple[str, ...]) -> bool:
    """Whether one of the accepted answers stands in `text`."""
    said = spoken(text)
    return any(answer and answer in said for answer in map(spoken, answers))


def same_story(question: Question, articles: list[Article]) -> frozenset[str]:
    """The paragraphs that answer `question`: ARCD's overlap, so the gold one is rarely alone.

    They share the sentence that holds the answer, or hold an answer too long to be a coincidence.
    """
    long_enough = 25
    gold = next(article for article in articles if article.source == question.source)
    answering = [said for said in _sentences(gold) if holds(said, question.answers)] or _sentences(gold)
    unmistakable = tuple(answer for answer in question.answers if len(spoken(answer)) > long_enough)
    return frozenset(
        article.source
        for article in articles
        if article is gold
        or not set(answering).isdisjoint(_sentences(article))
        or (unmistakable and holds(article.text, unmistakable))
    )


def _sentences(article: Article) -> list[str]:
    return [spoken(article.text[start:end]) for start, end in split_sentences(article.text)]


def _plain(question: str) -> str:
    return question.strip().removeprefix(_ARTEFACTS[0]).removesuffix(_ARTEFACTS[1]).strip()


def _article(source: str, text: str, title: str | None = None) -> Article:
    raw = RawArticle(source, text, title, None, None, None, None, "utf-8", digest="")
    cleaned = clean(raw)
    if not isinstance(cleaned, Article):
        raise TypeError(f"{source}: {cleaned}")
    return cleaned
