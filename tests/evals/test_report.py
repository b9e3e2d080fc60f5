from __future__ import annotations

import csv
import hashlib
import io
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts import LANGS, Lang, say
from bot.texts.evaluation_report import REPORT
from evals.errors import RunStopped
from evals.means import MEASURES
from evals.report import sections
from evals.report.html import file_name, said, tag, visible
from evals.report.page import SCRIPT, STYLE, page
from evals.report.paragraph import paragraphs_of
from evals.report.tables import figures_csv, markdown, questions_csv
from evals.report.verdicts import ORDER
from evals.report.wording import Wording
from evals.report.write import FIGURES, MARKDOWN, PAGE, QUESTIONS, write_report
from evals.score import Row
from evals.verdict import VERDICTS, Why
from rag.text.normalise import has_arabic
from tests.corpus import settings_for
from tests.evals.rows import REFUSED, RIGHT, TEXT, WRONG, scores_of

REPOSITORY = Path(__file__).parents[2]
TEXTS = {"bridge.txt": TEXT}
ROWS = (RIGHT, WRONG, REFUSED)


def wording(lang: Lang) -> Wording:
    return Wording(lang, lambda key, **values: say(key, lang, **values))


class Read(HTMLParser):
    """A page as a browser takes it apart; what is left open or closed too much fails."""

    VOID = frozenset({"meta", "input", "wbr"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str | None]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        (self.scripts if self._open and self._open[-1] in {"script", "style"} else self.texts).append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_says_everything_of_every_question(lang: Lang) -> None:
    html = page(scores_of(ROWS), TEXTS, wording(lang))
    read = Read(html)
    assert read.tags["details"] == 3
    assert ("html", "dir", "rtl" if lang == "ar" else "ltr") in read.attributes
    for shown in ("كم طول الجسر؟", "340 مترا", "bridge.txt", "وكالة الوادي", "2024-05-12", "افتتاح الجسر"):
        assert shown in read.text
    assert "<mark>ويبلغ طول الجسر 340 مترا.</mark><sup>1</sup> وانتهى العمل." in html
    assert say("eval.why.not_contained", lang, expected="الاثنين") in read.text
    assert say("eval.report.expects_refusal", lang) in read.text
    for verdict in ("right", "wrong", "refused_rightly"):
        assert ("details", "data-verdict", verdict) in read.attributes


def test_the_page_loads_nothing_and_runs_only_its_own_script() -> None:
    html = page(scores_of(ROWS), TEXTS, wording("ar"))
    read = Read(html)
    assert {name for _, name, _ in read.attributes} & {"src", "href", "style", "action", "srcset"} == set()
    assert [name for _, name, _ in read.attributes if name.startswith("on")] == []
    assert read.tags["link"] == read.tags["img"] == read.tags["iframe"] == 0
    assert re.findall(r"https?:", html) == []
    assert re.findall(r"url\(|@import", STYLE.read_text("utf-8")) == []
    (policy,) = [
        value for name, key, value in read.attributes if (name, key) == ("meta", "content") and "src" in str(value)
    ]
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert len(read.scripts) == 2
    for written in read.scripts:
        assert f"'sha256-{b64encode(hashlib.sha256(written.encode()).digest()).decode()}'" in policy


HOSTILE = st.text(
    st.one_of(st.sampled_from("<>&\"'`/\\|*_[]\u202e\u2066\u200f\x00\x1b\n\r\u2028\ud800ا؟"), st.characters()),
    max_size=40,
) | st.sampled_from(
    ["</script><script>alert(1)</script>", "</style>", "<!--", "]]>", "</details></main>", "&lt;&#0;", "'=1+1"]
)


def hostile(row: Row, text: str) -> Row:
    """The same row with `text` wherever something comes from outside."""
    citation = dict(row.record["citations"][0]) | {
        "source": text, "title": text, "outlet": text, "date": text, "quote": text,
    }  # fmt: skip
    side = {"value": text, "unit": text, "speaker": text, "citation": 1, "date": None}
    record: dict[str, Any] = dict(row.record) | {
        "sentences": [{"text": text, "rank": 1, "citations": [1]}],
        "citations": [citation],
        "disagreements": [{"quantity": text, "kind": "differ", "sides": [side, side]}],
    }
    return replace(
        row, question_id=text, kind=text, lang=text, question=text, history=(text,), expected=(text,), sources=(text,),
        answer=text, record=record, ranking=((text, 1.0),), why=Why("not_contained", {"expected": text}),
    )  # fmt: skip


@given(HOSTILE)
def test_nothing_from_outside_becomes_markup_or_turns_the_text(text: str) -> None:
    plain = Read(page(scores_of([hostile(WRONG, "س")]), {"س": "س"}, wording("ar")))
    html = page(scores_of([hostile(WRONG, text)], set=CONFIG_SET | {"name": text}), {text: text}, wording("ar"))
    read = Read(html)
    ignored = {
        "wbr",
        "blockquote",
        "figcaption",
        "p",
        "bdi",
        "mark",
        "sup",
        "span",
        "option",
    }  # as many as there are texts
    assert {name: num for name, num in read.tags.items() if name not in ignored} == {
        name: num for name, num in plain.tags.items() if name not in ignored
    }
    assert read.scripts == plain.scripts
    assert visible(html) == html
    assert html.encode("utf-8")
    assert visible(text).replace("\n", "") in read.text.replace("\n", "") or not text.strip()


CONFIG_SET = {"name": "set.jsonl", "path": "set.jsonl", "digest": "0123456789abcdef", "num_questions": 1}


@given(HOSTILE, HOSTILE)
def test_an_element_gives_back_what_it_was_given(text: str, value: str) -> None:
    read = Read(tag("p", text, title=value))
    assert read.text == visible(text)
    assert [one for _, _, one in read.attributes] == [visible(value)]


def test_names_between_backticks_are_units() -> None:
    unit = '<bdi class="name" dir="ltr">'
    assert said("في `a.txt` و<b>`c`") == f"في {unit}a.txt</bdi> و&lt;b&gt;{unit}c</bdi>"
    assert file_name("خبر-أول/001.txt") == f'{unit}<bdi dir="ltr">خبر-أول</bdi>/001.txt</bdi>'


@given(st.text("ا ب.\n،", max_size=80), st.lists(st.tuples(st.integers(0, 80), st.integers(0, 30)), max_size=5))
def test_paragraphs_put_together_are_the_text_of_the_file(text: str, spans: list[tuple[int, int]]) -> None:
    citations = [
        {"number": at, "source": "s", "title": "", "outlet": None, "date": None, "start": start, "end": start + length,
         "quote": text[start : start + length]}
        for at, (start, length) in enumerate(spans, start=1)
        if start + length <= len(text) and length
    ]  # fmt: skip
    paragraphs = paragraphs_of(citations, {"s": text})
    assert sorted(number for one in paragraphs for number in one.numbers) == [one["number"] for one in citations]
    for paragraph in paragraphs:
        assert "".join(piece.text for piece in paragraph.pieces) in text
        assert paragraph.state == "found"


def test_a_long_paragraph_is_cut_at_words_on_both_sides() -> None:
    text = f"{'قبل ' * 200}الاقتباس هنا. {'بعد ' * 200}"
    start = text.index("الاقتباس")
    place = {"start": start, "end": start + 13, "quote": text[start : start + 13]}
    citation = {"number": 1, "source": "s", "title": "", "outlet": None, "date": None} | place
    (paragraph,) = paragraphs_of([citation], {"s": text})
    shown = "".join(piece.text for piece in paragraph.pieces)
    assert (paragraph.is_cut_before, paragraph.is_cut_after) == (True, True)
    assert shown.startswith("قبل ")
    assert shown.endswith("بعد")
    assert len(shown) < 600


@pytest.mark.parametrize(
    ("texts", "state"), [({}, "no_article"), ({"bridge.txt": TEXT[1:]}, "differs"), ({"bridge.txt": TEXT}, "found")]
)
def test_a_quote_that_is_not_in_its_file_is_shown_as_such(texts: dict[str, str], state: str) -> None:
    (paragraph,) = paragraphs_of(RIGHT.record["citations"], texts)
    assert paragraph.state == state
    html = page(scores_of([RIGHT]), texts, wording("en"))
    assert ('class="warning"' in html) is (state != "found")


@pytest.mark.parametrize(
    "rows", [(REFUSED,), (replace(RIGHT, confidence=None, ms=0.0),), ()], ids=["refused", "bare", "none"]
)
def test_runs_that_lack_much_are_shown_too(rows: tuple[Row, ...]) -> None:
    scores = scores_of(rows)
    assert Read(page(scores, {}, wording("ar"))).tags["main"] == 1
    assert markdown(scores, wording("ar"))


def test_only_retrieval_is_shown_without_answers() -> None:
    row = replace(RIGHT, status="", answer="", record={}, confidence=None, verdict="not_judged", points=0,
                  why=Why("not_judged"), values={"ndcg10": 1.0})  # fmt: skip
    html = page(scores_of([row]), {}, wording("ar"))
    assert Read(html).tags["details"] == 1
    assert 'class="headline"' not in html


def test_many_questions_stay_small_and_fast_to_write() -> None:
    rows = [replace(RIGHT, question_id=str(at), answer=TEXT * 8) for at in range(700)]
    assert len(page(scores_of(rows), TEXTS, wording("ar")).encode()) < 3_000_000


def test_every_measure_and_verdict_has_its_place() -> None:
    assert Counter(ORDER) == Counter(VERDICTS)
    placed = [name for names in sections.GROUPS.values() for name in names]
    assert Counter([*placed, "headline"]) == Counter(MEASURES)
    style = STYLE.read_text("utf-8")
    assert [verdict for verdict in VERDICTS if f".v-{verdict} " not in style] == []


@pytest.mark.parametrize("key", REPORT)
def test_both_languages_say_the_same(key: str) -> None:
    text = REPORT[key]
    assert has_arabic(text.ar)
    assert not has_arabic(text.en)
    assert re.findall(r"{\w+}", text.ar) == re.findall(r"{\w+}", text.en)


def test_every_text_is_used() -> None:
    folders = (Path(sections.__file__).parent, REPOSITORY / "bot")
    written = "".join(path.read_text("utf-8") for folder in folders for path in folder.rglob("*.py")
                      if path.parent.name != "texts")  # fmt: skip
    assert [key for key in REPORT if key not in written and f"{key.rpartition('.')[0]}.{{" not in written] == []


def cells(table: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(table, newline=""))


def test_the_tables_have_a_line_per_question_and_per_figure() -> None:
    scores = scores_of(ROWS)
    questions = list(cells(questions_csv(scores)))
    assert [one["id"] for one in questions] == ["q1", "q2", "q3"]
    assert questions[0]["cited"] == "bridge.txt"
    assert (questions[0]["contained"], questions[2]["contained"]) == ("1.0", "")
    figures = list(cells(figures_csv(scores)))
    assert {(one["group"], one["value"]) for one in figures} >= {
        ("all", ""),
        ("kind", "fact"),
        ("kind", "unanswerable"),
    }
    (headline,) = [one for one in figures if (one["group"], one["measure"]) == ("all", "headline")]
    assert float(headline["mean"]) == pytest.approx(1 / 3)


@given(HOSTILE)
def test_a_table_is_read_back_and_is_no_formula(text: str) -> None:
    (line,) = cells(questions_csv(scores_of([hostile(WRONG, text)])))
    assert line["question"].removeprefix("'") == visible(text).removeprefix("'")
    assert line["question"][:1] not in tuple("=+-@")


@given(HOSTILE)
def test_markdown_stays_in_its_table(text: str) -> None:
    plain = markdown(scores_of([hostile(WRONG, "س")]), wording("ar"))
    made = markdown(scores_of([hostile(WRONG, text)]), wording("ar"))
    assert made.count("\n") == plain.count("\n")
    assert re.findall(r"(?<!\\)<\w", made) == []


def test_markdown_lists_what_was_not_right() -> None:
    made = markdown(scores_of(ROWS), wording("en"))
    assert "| q2 | wrong | متى انتهى العمل؟ |" in made
    assert "| q1 |" not in made


def test_the_files_of_a_report(tmp_path: Path) -> None:
    scores = scores_of(ROWS, home=str(tmp_path / "no-home"))
    folder = tmp_path / "reports" / "one"
    written = write_report(scores, tmp_path / "run", folder, wording("ar"), settings_for(tmp_path / "home"))
    assert written == folder / PAGE
    assert {path.name for path in folder.iterdir()} == {PAGE, MARKDOWN, QUESTIONS, FIGURES}
    assert (folder / QUESTIONS).read_bytes().startswith("\ufeffid,".encode())
    assert say("eval.report.quote.no_article", "ar") in written.read_text("utf-8")
    assert not (tmp_path / "no-home").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunStopped, match="file"):
        write_report(scores_of(ROWS), tmp_path, tmp_path / "file" / "report", wording("ar"), settings_for(tmp_path))


def test_the_script_speaks_of_what_the_page_has() -> None:
    html, script = page(scores_of(ROWS), TEXTS, wording("ar")), SCRIPT.read_text("utf-8")
    for found in re.findall(r'getElementById\("([\w-]+)"\)', script):
        assert f'id="{found}"' in html
