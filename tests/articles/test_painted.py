"""Lines of a PDF that are read well word by word and not in the order of the page: left out, or the file refused."""

from __future__ import annotations

import re

import pytest

from rag.articles.formats.bidi import paint
from rag.articles.formats.extracted import RefusedError
from rag.articles.formats.pdf import extract_pdf
from tests.articles.documents import ARTICLE, painted, pdf

KNOWN = list(ARTICLE) * 3
SET_FROM_LEFT = (
    "وأضاف أن شركة Boeing سلمت طائرات من طراز جديد للشركة الوطنية في",
    "العام الماضي، بموجب عقد مع شركة Airbus الأوروبية ومقرها.",
)


def from_left(line: str) -> list[str]:
    """The line of a paragraph that is set from left to right: Arabic is turned in it phrase by phrase."""
    parts = re.split(r"( ?[A-Za-z]+ ?|[.]$)", line)
    return list("".join(part if at % 2 else paint(part) for at, part in enumerate(parts)))


def test_a_pdf_of_arabic_that_is_set_from_the_left_is_refused() -> None:
    lines = [from_left(line) for line in ("أعلنت الحكومة خطة جديدة في المحافظات كافة.", *SET_FROM_LEFT)]
    with pytest.raises(RefusedError) as refused:
        extract_pdf(pdf([lines]))
    assert refused.value.reason == "visual_order"


def test_one_paragraph_that_is_set_from_the_left_is_left_out() -> None:
    lines = [*painted(KNOWN), *(from_left(line) for line in SET_FROM_LEFT), *painted(KNOWN)]
    assert extract_pdf(pdf([lines])).text.splitlines() == [*KNOWN, *KNOWN]
