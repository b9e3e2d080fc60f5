"""A corpus of any size: natural Arabic, the sentences of `seeds/` put together anew.

    python -m benchmarks.generate --articles 10000 --out articles.jsonl

The same number and seed give the same bytes, and a larger corpus begins like a smaller one. Only the
starter articles about invented places are used: no sentence about a real event is taken out of its place.
Each story has a cast of its own (`names`), keeps the beginning of one article, and goes on with
sentences of that and of others. One in twelve is a copy under another outlet, one in fifteen tells
an earlier story again with other sentences; some say no outlet or no date.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.names import Cast

REPOSITORY = Path(__file__).resolve().parents[1]
REAL_EVENTS = (
    *("karabakh-", "quake-haouz-", "oil-below-zero-", "world-cup-final-", "hope-probe-", "chandrayaan-", "guterres-"),
    *("kissinger-", "this-day-"),
)
OUTLETS = (
    *("وكالة سنا الزاهرة", "صحيفة الميناء", "بوابة الساحل", "دفتر السوق", "مجلة مدار العلوم", "صحيفة دفتين"),
    *("شبكة مرسال الإخبارية", "صحيفة الموجز", "قناة الأفق الأزرق", "ملحق حبر الثقافي", "صحيفة النبض", "صدى الضفاف"),
)
FIRST_DAY, NUM_DAYS = date(2023, 1, 1), 730
COPIES, RETELLINGS = 1 / 12, 1 / 15
WITHOUT_OUTLET, WITHOUT_DATE = 0.1, 0.05
LOOK_BACK = 400
"""A copy or a retelling is of a story among so many before it, as in a news day."""
MIN_PARAGRAPHS, MAX_PARAGRAPHS = 3, 14
MIN_SENTENCE = 30
_OWN = 0.6
"""Share of the paragraphs that come from the article that the story begins with."""

_LATIN = re.compile("[A-Za-z]")

Paragraph = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A starter article as the generator takes it apart."""

    title: str
    paragraphs: tuple[Paragraph, ...]
    """Each one its sentences."""


def main() -> None:
    """Write a corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    write_corpus(given.out, given.articles, seed=given.seed)


def write_corpus(path: Path, num_articles: int, *, seed: int = 1) -> None:
    """Write `num_articles` articles to a JSONL file."""
    with path.open("w", encoding="utf-8") as file:
        for record in islice(generate(read_models(), seed=seed), num_articles):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def generate(models: Sequence[Model], *, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Yield the records of a JSONL file, without end."""
    number = 0
    while True:
        yield _record(models, number, seed)
        number += 1


def read_models(folder: Path = REPOSITORY / "seeds") -> list[Model]:
    """Take the starter articles apart, but for those about real events."""
    from rag.articles.clean import clean
    from rag.articles.read import RawArticle, find_files, read_articles
    from rag.schema import Article
    from rag.text.sentences import split_sentences

    models = []
    for file in find_files(folder):
        if file.name.startswith(REAL_EVENTS) or file.name == "README.md":
            continue
        for raw in read_articles(file, file.name):
            article = clean(raw) if isinstance(raw, RawArticle) else None
            if not isinstance(article, Article):
                continue
            paragraphs = [
                tuple(filter(_is_prose, (line[start:end] for start, end in split_sentences(line))))
                for begin, stop in article.body
                for line in article.text[begin:stop].splitlines()
            ]
            models.append(Model(article.title, tuple(filter(None, paragraphs))))
    return models


def _is_prose(sentence: str) -> bool:
    """Whether it is a sentence of the story: no heading, date line or label, and nothing in another language."""
    return len(sentence) >= MIN_SENTENCE and sentence[-1] in ".؟!»" and not _LATIN.search(sentence)


def _record(models: Sequence[Model], number: int, seed: int) -> dict[str, Any]:
    """Article `number`: everything about it follows from its number and the seed."""
    chance = Random(f"{seed}:{number}")  # noqa: S311  a text seeds it the same on every machine
    kind = chance.random()
    story, telling = number, 0
    if number and kind < COPIES + RETELLINGS:
        story = max(0, number - 1 - chance.randrange(LOOK_BACK))
        telling = 0 if kind < COPIES else number
    title, text = _tell(models, seed, story, telling)
    day = FIRST_DAY + timedelta(days=Random(f"{seed}:{story}:day").randrange(NUM_DAYS) + (number != story))  # noqa: S311
    return {
        "id": f"g{number:07}",
        "title": title,
        "text": text,
        "source": None if chance.random() < WITHOUT_OUTLET else chance.choice(OUTLETS),
        "date": None if chance.random() < WITHOUT_DATE else day.isoformat(),
        "url": f"https://news.example/{number}",
    }


def _tell(models: Sequence[Model], seed: int, story: int, telling: int) -> tuple[str, str]:
    """The title and text of a story; another `telling` has the same cast and beginning, and other sentences."""
    of_story = Random(f"{seed}:{story}:story")  # noqa: S311
    cast = Cast(Random(f"{seed}:{story}:cast"))  # noqa: S311
    model = of_story.choice(models)
    chance = Random(f"{seed}:{telling}:telling") if telling else of_story  # noqa: S311
    lead, *own = model.paragraphs
    paragraphs = [lead]
    for _ in range(chance.randint(MIN_PARAGRAPHS, MAX_PARAGRAPHS) - 1):
        if own and chance.random() < _OWN:
            paragraphs.append(own.pop(chance.randrange(len(own))))
        else:
            paragraphs.append(_mixed(models, chance))
    title = f"{cast.town}: {model.title if not telling else ' '.join(lead[0].split()[:10])}"
    return cast.recast(title), "\n\n".join(cast.recast(" ".join(paragraph)) for paragraph in paragraphs)


def _mixed(models: Sequence[Model], chance: Random) -> Paragraph:
    """A paragraph of one to three sentences, each from anywhere."""
    return tuple(chance.choice(chance.choice(chance.choice(models).paragraphs)) for _ in range(chance.randint(1, 3)))


if __name__ == "__main__":
    main()
