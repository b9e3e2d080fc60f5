from __future__ import annotations

import json
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from benchmarks.generate import Model, generate, read_models, write_corpus
from benchmarks.names import Cast


@pytest.fixture(scope="module")
def models() -> list[Model]:
    return read_models()


def test_the_same_number_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    digests = set()
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_corpus(tmp_path / name, 60, seed=seed)
        digests.add(blake2b((tmp_path / name).read_bytes()).hexdigest())
    assert len(digests) == 2


def test_a_larger_corpus_begins_like_a_smaller_one(models: list[Model]) -> None:
    records = list(islice(generate(models), 80))
    assert list(islice(generate(models), 30)) == records[:30]


def test_articles_are_what_the_contract_says_and_some_are_copies(models: list[Model]) -> None:
    records = list(islice(generate(models), 400))
    assert len({record["id"] for record in records}) == 400
    assert all(record["title"] and len(record["text"]) > 100 for record in records)
    assert {record["date"] is None for record in records} == {record["source"] is None for record in records}
    texts = [record["text"] for record in records]
    assert 0.02 < 1 - len(set(texts)) / len(texts) < 0.2
    assert json.loads(json.dumps(records, ensure_ascii=False)) == records


def test_only_invented_events_are_retold(models: list[Model]) -> None:
    text = " ".join(record["text"] for record in islice(generate(models), 300))
    assert [name for name in ("كيسنجر", "غوتيريش", "أذربيجان", "الأرجنتين", "المريخ") if name in text] == []


def test_a_story_keeps_its_cast_and_its_years() -> None:
    cast = Cast(Random("1"))  # noqa: S311
    told = cast.recast("قالت سلمى الراوي في دار السرو عام 2019 إن 300 حافلة ستصل يوم 15 يناير 2025.")
    assert told == cast.recast("قالت سلمى الراوي في دار السرو عام 2019 إن 300 حافلة ستصل يوم 15 يناير 2025.")
    assert "سلمى الراوي" not in told
    assert "دار السرو" not in told
    assert "2019" in told
    assert "15 يناير 2025" in told
