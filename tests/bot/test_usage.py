"""Mistakes on the command line are said in the language of the one who makes them."""

from __future__ import annotations

import re
import shlex

import pytest

from rag.text.normalise import has_arabic
from tests.bot.running import Run


@pytest.mark.parametrize(
    ("arguments", "said", "helps"),
    [
        ("foo", "لا أمر باسم foo.", "isnad --help"),
        ("ask --foo", "لا خيار باسم --foo.", "isnad ask --help"),
        ("ingest", "ينقص الأمر: PATH...", "isnad ingest --help"),
        ("status x", "في الأمر زيادة لا يقبلها: x.", "isnad status --help"),
        ("ask x --since", "الخيار --since تلزمه قيمة.", "--help"),
        ("status --lang fr", "قيمة --lang غير مقبولة؛ المقبول: ar, en.", "isnad status --help"),
        ("search x -k 0", "يجب ألا تقل قيمة -k عن 1.", "isnad search --help"),
        ("search x -k 1001", "يجب ألا تزيد قيمة -k على 1000.", "isnad search --help"),
        ("search x -k y", "يجب أن تكون قيمة -k عددا صحيحا.", "isnad search --help"),
        ("status --home /etc/hostname", "يجب أن تكون قيمة --home مجلدا لا ملفا.", "isnad status --help"),
        ("ask x --questions /", "يجب أن تكون قيمة --questions ملفا لا مجلدا.", "isnad ask --help"),
        ("ask x --since 2024-13-01", "2024-13-01 ليس تاريخا مثل 2024-05-31", "isnad ask --help"),
    ],
)
def test_a_mistake_is_said_in_arabic_with_where_help_is(arguments: str, said: str, helps: str, run: Run) -> None:
    done = run(*shlex.split(arguments))
    mistake, help_line = done.err.splitlines()
    assert (done.code, done.out, mistake) == (2, "", said)
    assert help_line.startswith("للمساعدة: ")
    assert help_line.endswith(helps)


def test_in_english_typer_says_it(run: Run) -> None:
    done = run("ask", "--foo", "--lang", "en")
    assert (done.code, has_arabic(done.err)) == (2, False)
    assert re.search("No such option:? '?--foo", done.err)


@pytest.mark.parametrize("group", ["model", "questions"])
def test_a_group_without_a_command_shows_what_it_has(group: str, run: Run) -> None:
    done = run(group)
    assert done.code == 2
    assert f"Usage: isnad {group}" in done.err + done.out
