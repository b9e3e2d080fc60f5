"""What the crash tests play: a folder before and after an edit, questions about it, and what may be wrong with a home.

`faults_of` and what stands after it run in children of the nursery, and return what JSON can say.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from rag.index import database, tables, vector_files
from rag.index.encoders import load_encoder
from rag.index.fingerprint import Fingerprint
from rag.index.generations import Generations
from rag.index.lexical import LexicalIndex
from rag.index.reader import open_index
from rag.index.seal import read_seal
from rag.settings import Settings
from rag.text.terms import terms
from tests.corpus import PAGES, settings_for, write_pages

FEED = "feed.jsonl"
RECORDS = [
    {"id": "salt", "title": "مصنع الملح يفتح أبوابه", "text": "افتتح مصنع الملح أبوابه في الرمال. ويعمل فيه 75 عاملا."},
    {"id": "road", "title": "طريق الجبل مغلق", "text": "أغلقت البلدية طريق الجبل بسبب الثلوج. ويفتح بعد 3 أيام."},
]
BEFORE = {**PAGES, FEED: "\n".join(json.dumps(record, ensure_ascii=False) for record in RECORDS)}
AFTER = {
    "bridge.txt": PAGES["bridge.txt"].replace("340", "365"),
    "sub/cup.txt": PAGES["sub/match.txt"],
    "library.txt": "مكتبة المدينة تفتح فرعا\n\nافتتحت مكتبة المدينة فرعا في حي الياسمين. ويضم الفرع 9000 كتاب.",
    FEED: json.dumps({**RECORDS[0], "text": RECORDS[0]["text"].replace("75", "90")}, ensure_ascii=False),
}
"""A page changed, one renamed, one new, one gone, a line changed, a line gone."""
QUESTIONS = {
    "changed": "كم يبلغ طول جسر الوادي الجديد؟",
    "gone": "متى بدأ المزارعون قطاف الزيتون في سهل النور؟",
    "renamed": "من سجل هدفين لفريق الميناء؟",
    "new": "كم كتابا يضم فرع مكتبة المدينة في حي الياسمين؟",
    "line": "كم عاملا يعمل في مصنع الملح؟",
    "line_gone": "لماذا أغلقت البلدية طريق الجبل؟",
    "never": "من فاز بجائزة السينما في باريس؟",
}


def write_folder(folder: Path, pages: dict[str, str]) -> Path:
    """Let a folder hold these pages and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    return write_pages(folder, pages)


def write_questions(file: Path) -> Path:
    """The questions as `isnad ask --questions` takes them."""
    rows = [json.dumps({"id": name, "question": question}) for name, question in QUESTIONS.items()]
    file.write_text("\n".join(rows), encoding="utf-8")
    return file


def answers_of(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What `ask --questions` printed, without what differs from run to run."""
    for line in lines:
        line.pop("timings_ms", None)
    return lines


def misquotes(lines: list[dict[str, Any]], pages: dict[str, str]) -> list[str]:
    """The quotes that do not stand in the files to the letter."""
    return [
        f"{cited['source']}[{cited['start']}:{cited['end']}]"
        for line in lines
        for cited in line["citations"]
        if _text_of(cited["source"], pages)[cited["start"] : cited["end"]] != cited["quote"]
    ]


def _text_of(source: str, pages: dict[str, str]) -> str:
    name, _, article_id = source.partition("#")
    text = pages.get(name, "")
    if not article_id:
        return text
    records = [json.loads(line) for line in text.splitlines()]
    return next((record["text"] for record in records if record["id"] == article_id), "")


def faults_of(home: str) -> list[str]:
    """What is wrong with a home that nobody is writing: orphans, and stores and indexes that do not agree."""
    settings = settings_for(Path(home))
    wrong = [f"left in memory: {path}" for path in left_in_memory() if time.time() - path.stat().st_mtime > 1]
    engine = database.open_engine(settings)
    with engine.connect() as connection:
        facts = database.read_facts(connection)
        wrong += _faults_of_rows(connection)
        chunks, articles = _ids(connection, tables.chunks.c.chunk_id), _ids(connection, tables.articles.c.article_key)
    engine.dispose()
    if facts.serving.number:
        wrong += _faults_of_index(settings, facts, chunks, articles)
    strange = {path.name for path in settings.home.iterdir()} - {"isnad.db", "isnad.db.lock", "writer.lock", "index"}
    return wrong + [f"left behind: {name}" for name in sorted(strange)]


def left_in_memory() -> list[Path]:
    """The stand-ins for collections on full disks whose process is gone: those of living ones are locked."""
    left = []
    for path in vector_files._MEMORY.glob(f"{vector_files._STAND_IN}*"):
        number = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        finally:
            os.close(number)
        left.append(path)
    return left


def _ids(connection: sa.Connection, column: sa.Column[str]) -> set[str]:
    return set(connection.scalars(sa.select(column)))


def _faults_of_rows(connection: sa.Connection) -> Iterator[str]:
    for child, parent in (
        (tables.chunks.c.article_id, tables.articles.c.article_id),
        (tables.articles.c.file_id, tables.files.c.file_id),
        (tables.files.c.root_id, tables.roots.c.root_id),
        (tables.files.c.file_id, tables.articles.c.file_id),
    ):
        lost = connection.scalar(sa.select(sa.func.count()).where(~sa.exists().where(parent == child)))
        if lost:
            yield f"{lost} rows of {child.table.name} have nothing in {parent.table.name}"
    for stored, indexed in (
        (tables.chunks.c.chunk_id, tables.indexed_chunks.c.chunk_id),
        (tables.articles.c.article_key, tables.indexed_articles.c.article_key),
    ):
        if _ids(connection, stored) != _ids(connection, indexed):
            yield f"{indexed.table.name} is not what {stored.table.name} holds"
    if (found := list(connection.exec_driver_sql("PRAGMA integrity_check").scalars())) != ["ok"]:
        yield f"integrity: {found}"


def _faults_of_index(settings: Settings, facts: database.Facts, chunks: set[str], articles: set[str]) -> Iterator[str]:
    folders = list(settings.index_folder.iterdir())
    unsealed = [path.name for path in folders if read_seal(path) is None]
    if unsealed or len(folders) > 2:
        yield f"orphans: {sorted(path.name for path in folders)}, incomplete: {unsealed}"
    generations = Generations(settings, Fingerprint.of(load_encoder(settings)), facts.store_id)
    folder = generations.folder_of(facts.serving)
    if folder is None:
        yield "no generation serves"
        return
    generation = generations.open(folder)
    for part, holds, wanted in (
        ("vectors", set(generation.vectors.ids()), chunks),
        ("chunks", _lexical_ids(generation.chunks), chunks),
        ("articles", _lexical_ids(generation.articles), articles),
    ):
        if holds != wanted:
            yield f"{part}: {len(holds - wanted)} too many, {len(wanted - holds)} missing"
    if chunks and not generation.vectors.holds(sorted(chunks)):
        yield "ids without vectors"
    generation.close()


def _lexical_ids(index: LexicalIndex) -> set[str]:
    import tantivy

    searcher = index._searcher
    hits = searcher.search(tantivy.Query.all_query(), max(searcher.num_docs, 1)).hits
    addresses = [address for _, address in hits]
    high, low = (searcher.fast_field_values(name, addresses) for name in ("high", "low"))
    return {f"{first:016x}{second:016x}" for first, second in zip(high, low, strict=True)}


def search_while_files_are_cut(home: str) -> list[Any]:
    """Search, cut every lexical file to nothing under the open index, and search again."""
    said: list[str] = []
    wanted = Counter(terms("جسر الوادي الجديد"))
    with open_index(settings_for(Path(home)), on_message=said.append) as index:
        found = [index.read(lambda reader: reader.search_chunks(wanted, 5))]
        for file in Path(home).glob("index/*/lexical/*/*.*"):
            if file.is_file():
                with file.open("r+b") as opened:
                    opened.truncate(0)
        found.append(index.read(lambda reader: reader.search_chunks(wanted, 5)))
    return [*found, said]
