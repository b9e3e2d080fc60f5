"""The formats of question sets: one reader each, lenient with single lines, never with what a line means."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.normalise import tokens
from evals.questions import Problem, Question, kind_of, lang_of
from rag.articles.files import printable

_BOM = b"\xef\xbb\xbf"
_SQUAD_DASH, _SQUAD_ARTICLE = "- ", " ال"
"""ARCD's questions begin with a dash, and some end in a stray article behind the question mark."""
_COLUMNS = 3
_GRADE = re.compile(r"-?\d+")


@dataclass(slots=True)
class Read:
    """What a reader found, duplicates included."""

    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    articles: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def note(self, what: str, where: object, detail: object = "") -> None:
        """Name something that could not be used."""
        self.problems.append(Problem(what, str(where), str(detail)[:200]))


class _BadFieldError(ValueError):
    """A field that is not what it has to be; the message is a Problem's `what`."""


def read_file(path: Path) -> Read:
    """SQuAD JSON where the whole file is one object with `data`, else our own JSONL."""
    content = path.read_bytes().removeprefix(_BOM)
    if content.lstrip()[:1] == b"{" and b'"data"' in content[:2000] + content[-2000:]:
        try:
            whole = json.loads(content.decode("utf-8"))
        except (ValueError, RecursionError):
            whole = None
        if isinstance(whole, dict) and isinstance(whole.get("data"), list):
            return read_squad(whole["data"])
    return read_own(content)


def read_own(content: bytes) -> Read:
    """Our own JSONL: `question`, and perhaps `id, kind, answers, sources, history, lang, all_of, forbidden`.

    Empty `answers` mean that refusing is right. A line without `answers` whose `sources` are named is
    answerable, its answer unknown: only its retrieval and its grounding are measured.
    """
    read = Read()
    for number, record in _records(content, read, "line"):
        try:
            read.questions.append(_own_question(record, f"line-{number}"))
        except _BadFieldError as error:
            read.note(str(error), f"line {number}", record.get("id", ""))
            continue
        if read.questions[-1].answerable is None:
            read.note("says_nothing", f"line {number}", "neither answers nor sources")
    return read


def read_squad(topics: list[Any]) -> Read:
    """SQuAD 1.1 and 2.0: each distinct context becomes an article, named by its topic and its place in it.

    A question whose `is_impossible` is true, or which has no answers, is one that refusing is right for.
    """
    read = Read()
    sources: dict[str, str] = {}
    for at, topic in enumerate(topics):
        try:
            folder = _slug(topic.get("title") or "") or f"topic-{at + 1}"
            for paragraph in topic["paragraphs"]:
                context = paragraph["context"]
                if not isinstance(context, str) or not context.strip():
                    read.note("bad_text", f"{folder}: context")
                    continue
                source = sources.setdefault(context, _free(f"{folder}/{{}}.txt", read.articles))
                read.articles.setdefault(source, {"text": context})
                _read_squad_questions(paragraph["qas"], source, read)
        except (AttributeError, KeyError, TypeError) as error:
            read.note("not_squad", f"topic {at + 1}", f"{type(error).__name__}: {error}")
    return read


def read_beir(folder: Path) -> Read:
    """BEIR: `corpus.jsonl` becomes the corpus, `queries.jsonl` with the qrels the questions.

    Of several qrels the test ones count, else the first by name. Only queries with a judgement are asked;
    what their answers are is unknown: only retrieval and grounding are measured.
    """
    read = Read()
    for number, record in _records((folder / "corpus.jsonl").read_bytes(), read, "corpus line"):
        if not isinstance(record.get("text"), str) or not isinstance(record.get("_id"), str | int):
            read.note("bad_text", f"corpus line {number}")
            continue
        if beir_source(record["_id"]) in read.articles:
            read.note("duplicate_id", f"corpus line {number}", record["_id"])
            continue
        title = record.get("title")
        title_field = {"title": title} if isinstance(title, str) and title.strip() else {}
        read.articles[beir_source(record["_id"])] = {"text": record["text"]} | title_field
    judged = _read_qrels(_qrels_of(folder), read)
    asked = set()
    for number, record in _records((folder / "queries.jsonl").read_bytes(), read, "query line"):
        text, query_id = record.get("text"), str(record.get("_id", f"line-{number}"))
        if not isinstance(text, str) or not text.strip():
            read.note("no_question", f"query line {number}", query_id)
            continue
        asked.add(query_id)
        if query_id in judged:
            relevant = {source: grade for source, grade in judged[query_id].items() if grade > 0}
            kind, lang = kind_of(None, answerable=bool(relevant)), lang_of(text)
            answerable = True if relevant else None
            read.questions.append(Question(query_id, text, kind, (), tuple(relevant), (), lang, answerable, relevant))
    for query_id in sorted(judged.keys() - asked):
        read.note("unknown_question", query_id, "the qrels judge it, the queries do not have it")
    return read


def beir_source(document_id: object) -> str:
    """The source name of a BEIR document: its line of the corpus.jsonl that is ingested."""
    return f"corpus.jsonl#{printable(str(document_id).strip())}"


def _own_question(record: Mapping[str, Any], fallback_id: str) -> Question:
    given, text = record.get("id"), record.get("question")
    if isinstance(given, bool) or not isinstance(given, str | int | float | None):
        raise _BadFieldError("bad_id")
    if not isinstance(text, str) or not text.strip():
        raise _BadFieldError("no_question")
    answers, sources, history = (_texts(record, name) for name in ("answers", "sources", "history"))
    all_of, forbidden = _values(record), _texts(record, "forbidden") or ()
    if all_of and not answers:
        answers = tuple(form for forms in all_of for form in forms)
    answerable = bool(answers) if answers is not None else (True if sources else None)
    answers = tuple(filter(tokens, answers or ()))
    if answerable and not answers and record.get("answers") is not None:
        raise _BadFieldError("bad_answers")  # nothing can hold them, and refusing is not said to be right
    return Question(
        question_id=fallback_id if given is None or not str(given).strip() else str(given).strip(),
        text=text,
        kind=kind_of(record.get("kind"), answerable=answerable),
        answers=answers,
        sources=tuple(dict.fromkeys(sources or ())),
        history=history or (),
        lang=lang_of(text, record.get("lang")),
        answerable=answerable,
        all_of=all_of,
        forbidden=tuple(text for text in forbidden if text.strip()),
    )


def _values(record: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """The values that are all needed: each a text, or a list of the forms that are accepted."""
    values = record.get("all_of")
    if values is None:
        return ()
    if not isinstance(values, list):
        raise _BadFieldError("bad_all_of")
    found = [_texts({"all_of": value}, "all_of") or () for value in values]
    if not all(forms and all(map(tokens, forms)) for forms in found):
        raise _BadFieldError("bad_all_of")
    return tuple(found)


def _texts(record: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    """A list of texts; None where the line has none. A single text is a list of one."""
    value = record.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _BadFieldError(f"bad_{name}")
    return tuple(value)


def _read_squad_questions(asked: list[Any], source: str, read: Read) -> None:
    for at, one in enumerate(asked):
        where = f"{source} question {at + 1}"
        text = one.get("question")
        if not isinstance(text, str) or not text.strip(" -\n\t"):
            read.note("no_question", where, one.get("id", ""))
            continue
        given = () if one.get("is_impossible") else [answer["text"] for answer in one.get("answers") or ()]
        answers = tuple(dict.fromkeys(answer.strip() for answer in given if answer.strip()))
        if given and not answers:
            read.note("bad_answers", where, one.get("id", ""))
            continue
        if answers and not any(map(tokens, answers)):  # ARCD has one; a public set is asked as it is
            read.note("wordless", where, " / ".join(answers))
        plain = _without_artefacts(text)
        read.questions.append(
            Question(
                question_id=str(one.get("id") or where),
                text=plain,
                kind=kind_of(None, answerable=bool(answers)),
                answers=answers,
                sources=(source,),
                lang=lang_of(plain),
                answerable=bool(answers),
            )
        )


def _without_artefacts(question: str) -> str:
    return question.strip().removeprefix(_SQUAD_DASH).removesuffix(_SQUAD_ARTICLE).strip()


def _slug(title: str) -> str:
    """`title` as a folder's name: words joined by dashes; it stays in its own letters."""
    slug = "-".join("".join(letter if letter.isalnum() else " " for letter in title).split())
    if len(slug.encode()) <= 80:  # noqa: PLR2004  bytes that every file system takes, with room for a number
        return slug
    return f"{slug[:30]}-{hashlib.blake2b(title.encode(), digest_size=4).hexdigest()}"


def _free(pattern: str, taken: Mapping[str, object]) -> str:
    """The first name of this pattern that is not taken yet."""
    number = 1
    while (name := pattern.format(f"{number:03}")) in taken:
        number += 1
    return name


def _qrels_of(folder: Path) -> Path:
    files = sorted((folder / "qrels").glob("*.tsv")) or sorted(folder.glob("qrels*.tsv"))
    if not files:
        raise FileNotFoundError(2, "no qrels", str(folder / "qrels" / "test.tsv"))
    return next((file for file in files if file.stem == "test"), files[0])


def _read_qrels(path: Path, read: Read) -> dict[str, dict[str, int]]:
    """Judgements by query: `query-id`, `corpus-id` and `score`, or TREC's four columns."""
    judged: dict[str, dict[str, int]] = {}
    for number, line in enumerate(path.read_text("utf-8-sig", "replace").splitlines(), start=1):
        cells = line.split("\t") if "\t" in line else line.split()
        if not cells or (number == 1 and not _GRADE.fullmatch(cells[-1].strip())):
            continue  # the heading
        if len(cells) > _COLUMNS:
            del cells[1]
        if len(cells) != _COLUMNS or not _GRADE.fullmatch(cells[2].strip()):
            read.note("bad_judgement", f"qrels line {number}", line)
            continue
        judged.setdefault(cells[0], {})[beir_source(cells[1])] = int(cells[2])
    return judged


def _records(content: bytes, read: Read, where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSONL file with their line numbers; blank lines do not count, broken ones are named."""
    for number, raw in enumerate(content.removeprefix(_BOM).split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            record = json.loads(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            read.note("not_utf8", f"{where} {number}", error)
        except (ValueError, RecursionError) as error:
            read.note("not_json", f"{where} {number}", error)
        else:
            if isinstance(record, dict):
                yield number, record
            else:
                read.note("not_json", f"{where} {number}", f"a {type(record).__name__}, not an object")
