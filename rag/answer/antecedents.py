"""Sentences that lean on the one before them: "وأضاف أن…" says nothing until one knows who.

Patterns over the first normalised words of a sentence. A reporting verb leans only where no subject
is named after it: "وأضاف إيفازوف" stands alone, "وأضاف أن" and "وأضافت الوزارة" do not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.schema import Article, Span
from rag.text.normalise import normalise
from rag.text.sentences import split_sentences

_MAX_STEPS = 2
_MIN_WORDS = 4
"""Fewer words without a full stop are a heading between paragraphs, which explains nothing."""

_REPORTS = (
    "اضاف|تابع|اوضح|قال|ذكر|اكد|بين|لفت|اشار|اردف|زاد|مضي|استطرد|شدد|اعتبر|راي|نوه|علق|استدرك|كشف|اعلن|افاد|صرح|نفي|حذر|دعا|طالب|وصف|توقع|"
    "قالت|اضافت|تابعت|اوضحت|ذكرت|اكدت|بينت|لفتت|اشارت|اردفت|زادت|مضت|شددت|اعتبرت|رات|نوهت|علقت|كشفت|اعلنت|افادت|صرحت|نفت|حذرت|دعت|طالبت|وصفت|"
    "توقعت|اضافوا|قالوا|اكدوا|اوضحوا|اشاروا"
)
_ANAPHORS = (
    "وزاره|وزير|وزيره|وكاله|بيان|مصدر|مصادر|متحدث|متحدثه|مسؤول|مسوول|مسئول|رئيس|رئيسه|صحيفه|تقرير|منظمه|شركه|مدير|هيئه|لجنه|حكومه|"
    "سلطات|جماعه|حزب|بنك|مركز|دراسه|باحث|باحثون|خبير|محلل|كاتب|سفير|امين|قائد|شرطه|جيش|مؤسسه|اتحاد|نادي|لاعب|مدرب|شبكه|قناه|موقع"
)
_SAID_WHAT = r"(?:ان|انه|انها|انهم|ب?انه?|بان|الي|علي|في|خلال|ل|من|قائلا|قائله|ايضا|كذلك|عن|هذا|هذه|ذلك|[:\"«“”،,(])"

_SPOKE = rf"(?=\s*[:\"«“”،,]|\s+{_SAID_WHAT}(?:\W|$))"
_LEANS = re.compile(
    rf"^\W*(?:"
    rf"(?:و|ف)?(?:{_REPORTS})(?:\s+ال(?:{_ANAPHORS}))?{_SPOKE}"
    rf"|(?:كما|كذلك|ايضا|وكذلك|وايضا)\b"
    rf"|(?:و|ف|ل)?(?:هو|هي|هم|هما|هذا|هذه|ذلك|تلك|هؤلاء|هولاء|لذلك|بذلك|لكنه|لكنها|لكنهم|انه|انها|انهم|منها|منهم|بينهم|بينها)\b"
    rf"|(?:الا ان|غير ان|لكن|ولكن|بيد ان|في المقابل|وفي المقابل|ومع ذلك|مع ذلك|ورغم ذلك|رغم ذلك|في حين|فيما|بينما)\b"
    rf"|(?:و)?(?:من جهت|من جانب|بدور|من ناحيت)(?:ه|ها|هم)\s*[،,]?\s*(?:{_REPORTS}){_SPOKE}"
    rf")"
)  # fmt: skip


def leans(sentence: str) -> bool:
    """Whether `sentence` needs the one before it to be understood."""
    return _LEANS.match(normalise(sentence)) is not None


def find_antecedents(article: Article, span: Span) -> list[Span]:
    """The sentences before `span` that it leans on, nearest first; a chain is followed two steps.

    `span` is a sentence of the article's body. The title's own line is no antecedent.
    """
    before = [place for place in _sentences(article, span) if place[1] <= span[0]]
    found: list[Span] = []
    text = article.text
    current = span
    while len(found) < _MAX_STEPS and leans(text[slice(*current)]):
        while before and _is_heading(article, before[-1]):
            before.pop()
        if not before:
            break
        current = before.pop()
        found.append(current)
    return found


def _sentences(article: Article, span: Span) -> Sequence[Span]:
    for start, end in article.body:
        if start <= span[0] and span[1] <= end:
            return split_sentences(article.text, start, end)
    return ()


def _is_heading(article: Article, span: Span) -> bool:
    text = article.text[slice(*span)]
    return text == article.title or (len(text.split()) < _MIN_WORDS and not text.endswith((".", "؟", "!", "…")))
