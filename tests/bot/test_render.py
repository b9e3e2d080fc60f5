from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.direction import FSI, LRM, PDI, RLM, Line, visible
from bot.render import PASSAGE_LENGTH, answer_lines, message, passage_lines, quote_lines
from bot.screen import Screen
from bot.texts import LANGS, Lang
from rag.schema import Answer, Passage, Sentence
from tests.bot.fakes import DISAGREEMENT, FIRST, PASSAGE, SECOND, Terminal, answered, citation, refused, weak

MARKS = str.maketrans("", "", RLM + LRM + FSI + PDI)
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def text_of(lines: list[Line]) -> str:
    return "\n".join(shown.text for shown in lines)


def on_terminal(lines: list[Line]) -> str:
    stream = Terminal()
    Screen(stream).write(lines)
    return ANSI.sub("", stream.getvalue())


def test_an_answer_shows_sentences_with_markers_and_each_source_once() -> None:
    assert text_of(answer_lines(answered(), "ar")).splitlines() == [
        f"{FIRST} [1][3]",
        f"{SECOND} [2]",
        "",
        "المصادر",
        "[1][2] افتتاح جسر النهر — وكالة الواحة، 2024-05-12",
        "news/bridge.txt",
        "[3] افتتاح جسر النهر — وكالة الواحة، 2024-05-12",
        "other.jsonl#7",
    ]


def test_a_weak_one_is_introduced_as_such() -> None:
    lines = text_of(answer_lines(weak(), "ar")).splitlines()
    assert lines[0] == "لا جواب واضحا في المقالات؛ أقرب المقاطع:"
    assert lines[-2:] == ["أقرب العناوين", "- عنوان قريب — a.txt"]


@pytest.mark.parametrize("reason", ["no_evidence", "weak_evidence", "empty_question", "not_understood", "empty_index"])
@pytest.mark.parametrize("lang", LANGS)
def test_a_refusal_says_why_and_cites_nothing(reason: str, lang: Lang) -> None:
    text = text_of(answer_lines(refused(reason), lang))
    assert "[" not in text
    assert ("عنوان قريب" in text) == (reason in {"no_evidence", "weak_evidence"})
    assert ("isnad ingest" in text) == (reason == "empty_index")


def test_a_completed_question_is_shown() -> None:
    lines = text_of(answer_lines(answered("ومتى؟", searched="متى افتتح الجسر؟"), "en"))
    assert lines.startswith("Searched for: متى افتتح الجسر؟\n")
    assert "Searched" not in text_of(answer_lines(answered(), "en"))


@pytest.mark.parametrize("mode", ["written", "quoted_after_llm_failure"])
def test_how_an_answer_was_made_is_said(mode: str) -> None:
    assert "language model" in text_of(answer_lines(answered(mode=mode), "en"))
    assert "language model" not in text_of(answer_lines(answered(), "en"))


def test_a_disagreement_shows_every_side() -> None:
    text = text_of(answer_lines(answered(disagreements=(DISAGREEMENT,)), "ar"))
    assert "المصادر تختلف في عدد القتلى:\n- 31 قتيلا (وزارة الداخلية، 2024-03-08) [1]\n- 34 قتيلا [2]\n" in text


def test_a_quote_is_shown_word_for_word_with_its_place() -> None:
    text = text_of(quote_lines(citation(2, SECOND), "ar"))
    assert text.startswith(f"{SECOND} [2]\n")
    assert f"news/bridge.txt، الحروف 17–{17 + len(SECOND)}" in text


def test_a_long_passage_is_cut_between_words() -> None:
    long = passage_of("كلمة " * 200)
    text = text_of(passage_lines([long], "ar")).splitlines()[2]
    assert text.endswith("كلمة …")
    assert len(text) <= PASSAGE_LENGTH + 2
    assert text_of(passage_lines([passage_of("ا" * 400)], "ar")).splitlines()[2] == "ا" * PASSAGE_LENGTH + " …"


def test_a_pipe_gets_neither_marks_nor_colours(capsys: pytest.CaptureFixture[str]) -> None:
    Screen.out().write(answer_lines(weak(), "ar"))
    out = capsys.readouterr().out
    assert out == out.translate(MARKS) == ANSI.sub("", out)


def test_a_terminal_gets_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    stream = Terminal()
    Screen(stream).write(answer_lines(answered(), "ar"))
    assert RLM in stream.getvalue()
    assert "\x1b[36m" in stream.getvalue()


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    Screen(stream).write([*answer_lines(answered(), "ar"), *message("`isnad ask`")])
    assert re.findall(r"\x1b\[([0-9;]*)m", stream.getvalue()) != []  # bold and dim are no colours
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", stream.getvalue())


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200), min_size=1, max_size=3))
def test_a_terminal_shows_what_a_pipe_gets(quotes: list[str]) -> None:
    answer = answer_of(quotes)
    lines = answer_lines(answer, "ar")
    seen = on_terminal(lines).translate(MARKS)
    assert "".join(seen.split()) == "".join(text_of(lines).split())


@given(st.lists(st.text(st.sampled_from("سلام عليكم 123 abc.،«»\n"), min_size=1, max_size=300), min_size=1, max_size=3))
def test_a_quote_on_a_terminal_has_no_marks_inside_however_it_wraps(quotes: list[str]) -> None:
    seen = "".join(on_terminal(answer_lines(answer_of(quotes), "ar")).split())
    for quote in quotes:
        assert "".join(visible(quote).split()) in seen


def answer_of(quotes: list[str]) -> Answer:
    numbers = range(1, len(quotes) + 1)
    return Answer(
        "سؤال",
        "سؤال",
        "answered",
        sentences=tuple(Sentence(quote, number, (number,)) for number, quote in zip(numbers, quotes, strict=True)),
        citations=tuple(citation(number, quote) for number, quote in zip(numbers, quotes, strict=True)),
    )


def passage_of(text: str) -> Passage:
    return replace(PASSAGE, text=text)
