"""Skeletons of questions for a person to finish: sentences of the articles with something worth asking in them.

Each has its source, the place of its sentence, what could be the answer, and the kind of question that it
answers. The question itself is left empty: a set reader names such lines and does not ask them, so what
nobody has written is never measured. The guesses are by cues (a number with what it counts, a date, a
name behind an office and a verb of saying, a place behind the word for it, a cause) and wrong at times.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.questions import lang_of
from rag.contract import to_json
from rag.errors import InputError, NothingStored
from rag.text.numbers import find_numbers
from rag.text.sentences import split_sentences
from rag.text.terms import words

if TYPE_CHECKING:
    from rag.schema import Article
    from rag.settings import Settings

MIN_WORDS, MAX_LENGTH = 6, 350
"""Of a sentence: shorter ones are headlines and furniture, longer ones run-on text."""
_AT_ONCE = 200
"""Articles that are looked at together; more only while too little was found."""


class FileTaken(InputError):
    """The file to write is there already."""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A question that is still to be written."""

    kind: str
    answer: str
    """As it stands in the sentence."""
    quote: str
    start: int
    end: int
    """`text[start:end] == quote`."""
    sources: tuple[str, ...]
    """The article first, then its word-for-word copies."""

    def as_record(self, question_id: str) -> dict[str, Any]:
        """A line of a question set, and behind its fields where the answer stands."""
        return {
            "id": question_id,
            "question": "",
            "kind": self.kind,
            "answers": [self.answer],
            "sources": list(self.sources),
            "history": [],
            "lang": lang_of(self.quote),
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
        }


def propose(count: int, settings: Settings) -> list[Skeleton]:
    """Up to `count` skeletons, of many articles and of every kind; the same index gives the same ones.

    Raises:
        NothingStored: there is no article.
    """
    from rag.index.browse import Browser

    browser = Browser(settings)
    try:
        with browser.viewing() as view:
            listed = list(view.listed()) if view is not None else []
            if view is None or not listed:
                raise NothingStored("There are no articles yet: read some with isnad ingest FOLDER.")
            copies: dict[str, list[str]] = {}
            ids: dict[str, int] = {}
            for one in listed:
                copies.setdefault(one.article_key, []).append(one.source)
                ids.setdefault(one.article_key, one.article_id)
            first = {named[0]: tuple(named) for named in copies.values()}
            found: list[deque[Skeleton]] = []
            for batch in _batches(_spread(list(ids.values()))):
                found += [deque(skeletons_of(shown.article, first)) for shown in view.by_ids(batch)]
                if sum(map(bool, found)) >= count:
                    break
            return _choose(found, count)
    finally:
        browser.close()


def skeletons_of(article: Article, copies: Mapping[str, tuple[str, ...]] | None = None) -> Iterator[Skeleton]:
    """What the sentences of `article` offer, at most one skeleton a sentence and kind."""
    sources = (copies or {}).get(article.source, (article.source,))
    for span in article.body:
        for start, end in split_sentences(article.text, *span):
            quote = article.text[start:end]
            if len(quote) <= MAX_LENGTH and _END.search(quote) and len(words(quote)) >= MIN_WORDS:
                for kind, answer in candidates(quote):
                    yield Skeleton(kind, answer, quote, start, end, sources)


def candidates(sentence: str) -> Iterator[tuple[str, str]]:
    """What could be asked for in `sentence`: a kind and the words that answer it."""
    for kind, pattern in _CUES.items():
        found = pattern.search(sentence)
        if found:
            yield kind, " ".join(found["answer"].split())
    dates = [found.span() for pattern in (_CUES["when"], _DATE_LIKE) for found in pattern.finditer(sentence)]
    for number in find_numbers(sentence):
        within = any(start < number.end and number.start < end for start, end in dates)
        behind = _COUNTED.match(sentence, number.end)
        if not within and (number.is_percent or behind):
            yield "how_many", number.text if number.is_percent or behind is None else f"{number.text} {behind['word']}"
            return


def write_skeletons(skeletons: Sequence[Skeleton], path: Path | None) -> str:
    """The lines of a question set; written to a new file where there is a path.

    Raises:
        FileTaken: the file is there: what a person may have edited is never overwritten.
    """
    lines = "".join(to_json(one.as_record(f"new-{at:03}")) + "\n" for at, one in enumerate(skeletons, start=1))
    if path is not None:
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(lines)
        except FileExistsError as error:
            raise FileTaken(f"{path} is there already: give another --out.", path=str(path)) from error
    return lines


def _choose(found: Sequence[deque[Skeleton]], count: int) -> list[Skeleton]:
    """From every article in turn the skeleton of the kind that there is least of; a sentence serves once."""
    chosen: list[Skeleton] = []
    kinds: Counter[str] = Counter()
    while len(chosen) < count and any(found):
        for of_article in found:
            if of_article and len(chosen) < count:
                one = min(of_article, key=lambda skeleton: kinds[skeleton.kind])
                kinds[one.kind] += 1
                chosen.append(one)
                rest = [other for other in of_article if other.start != one.start]
                of_article.clear()
                of_article.extend(rest)
    return chosen


def _spread(article_ids: Sequence[int]) -> list[int]:
    """The same articles so that any beginning of the list comes from everywhere among them."""
    step = max(1, len(article_ids) // _AT_ONCE)
    return [article_ids[at] for begin in range(step) for at in range(begin, len(article_ids), step)]


def _batches(article_ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (article_ids[at : at + _AT_ONCE] for at in range(0, len(article_ids), _AT_ONCE))


_WORD = r"[ء-ي\u064b-\u0652\u0670]+"
_DAY = "السبت|الأحد|الاثنين|الإثنين|الثلاثاء|الأربعاء|الخميس|الجمعة"
_MONTH = (
    "يناير|فبراير|مارس|[أا]بريل|مايو|يونيو|يوليو|[أا]غسطس|سبتمبر|[أا]كتوبر|نوفمبر|ديسمبر"
    "|كانون (?:الثاني|الأول)|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين (?:الأول|الثاني)"
)
_OFFICE = (
    r"(?:ال)?(?:رئيسة?|وزيرة?|مديرة?|متحدثة?|قائدة?|نائبة?|أمينة?|محافظة?|سفيرة?|مهندسة?|دكتورة?|طبيبة?|باحثة?|مدربة?|لاعبة?"
    r"|قبطان|كاتبة?|شاعرة?|شيخة?|نقيبة?|قاضية?|رئيس الوزراء)"
)
_SAYING = "قالت?|أعلنت?|أكدت?|أوضحت?|ذكرت?|أضافت?|كشفت?|أشارت?|صرحت?|لفتت?"
_PLACE = "مدينة|قرية|بلدة|محافظة|ولاية|منطقة|ميناء|مطار|ملعب|حي|جزيرة|وادي|شارع|ساحة|قصر|مستشفى"
_DIGITS = r"[0-9٠-٩]"
_CUES: Mapping[str, re.Pattern[str]] = {
    "when": re.compile(
        rf"(?<!\w)(?P<answer>(?:(?:{_DAY}) )?{_DIGITS}{{1,2}} (?:{_MONTH})(?:/(?:{_MONTH}))?(?: {_DIGITS}{{4}})?"
        rf"|(?:عام|سنة) {_DIGITS}{{4}}|(?:{_DAY})(?: (?:الماضي|المقبل))?)(?!\w)"
    ),
    "who": re.compile(
        rf"(?<!\w)و?(?:{_SAYING}) (?:{_WORD} ){{0,3}}?{_OFFICE} (?:{_WORD} ){{0,4}}?"
        rf"(?P<answer>{_WORD} {_WORD})،? (?=[أإ]نّ?(?!\w))"
    ),
    "where": re.compile(
        rf"(?<!\w)(?:في|إلى|من|قرب|شمال|جنوب|شرق|غرب|وسط) (?P<answer>(?:{_PLACE}) {_WORD}(?: ال{_WORD})?)"
    ),
    "why": re.compile(rf"(?<!\w)(?:بسبب|نتيجة|جراء|بفعل|لأن) (?P<answer>{_WORD}(?: {_WORD}){{0,7}})"),
}
_YEAR = rf"(?<!{_DIGITS}){_DIGITS}{{4}}(?!{_DIGITS})(?= ?[،.)]|$)"
_DATE_LIKE = re.compile(rf"{_DIGITS}+[/:.-]{_DIGITS}+(?:[/.-]{_DIGITS}+)?|{_YEAR}")
_NOT_COUNTED = "في|من|على|إلى|و|أو|ثم|قبل|بعد|بين|أن|إن|كما|منذ|خلال|عن|مع"
_CURRENCY = "درهم|دولار|دينار|ريال|جنيه|يورو|طن|متر|كيلومتر"
_COUNTED = re.compile(rf"\s(?P<word>(?!(?:{_NOT_COUNTED})(?!\w)){_WORD}(?: (?:{_CURRENCY})(?!\w))?)")
_END = re.compile(r"[.!؟؛…][»”\")\]]*\s*$")
"""Headlines, datelines and other furniture end otherwise."""
