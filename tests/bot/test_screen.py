from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from bot.direction import FSI, LRM, PDI, RLM, line
from bot.progress import ProgressBar
from bot.screen import Screen
from tests.bot.fakes import Terminal

ANSI = re.compile(r"\x1b\[[0-9;]*m")
COLUMNS = ("الملف", "الجهة", "التاريخ", "المقاطع", "العنوان")
ROWS = [
    (
        "a-file-with-a-long-name.txt",
        "وكالة سنا الزاهرة",
        "2024-03-05",
        4,
        "السيول تغمر عين الصفصاف وتقتل 17 شخصا على الأقل",
    ),
    ("b.txt", None, None, 12, "عَرَبِيَّة بالحركات"),
]


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("COLUMNS", "110")
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    Screen(stream).write_table(COLUMNS, ROWS)
    return [row for row in ANSI.sub("", stream.getvalue()).splitlines() if row.strip()]


def test_every_arabic_cell_is_closed_on_its_own_line(table: list[str]) -> None:
    for row in table:
        assert row.count(FSI) == row.count(PDI) == row.count(LRM)
        assert row.replace(PDI + LRM, "").count(PDI) == 0


def test_columns_stand_under_each_other_and_files_dates_and_counts_stay_whole(table: list[str]) -> None:
    dated = next(row for row in table if "2024-03-05" in row)
    assert "a-file-with-a-long-name.txt" in dated
    header = next(row for row in table if "التاريخ" in row)
    assert cell_len(header.partition("التاريخ")[0]) == cell_len(dated.partition("2024-03-05")[0])
    assert all(cell_len(row) <= 110 for row in table)


def test_a_title_wraps_and_loses_nothing(table: list[str]) -> None:
    seen = "".join("".join(table).split())
    for mark in (FSI, PDI, LRM):
        seen = seen.replace(mark, "")
    assert "السيولتغمر" in seen
    assert seen.count("الأقل") == 1
    assert "عَرَبِيَّة" in seen


def test_a_narrow_terminal_gets_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    Screen(stream).write_table(COLUMNS, ROWS)
    rows = ANSI.sub("", stream.getvalue()).translate(str.maketrans("", "", FSI + PDI + LRM + RLM)).splitlines()
    assert rows[0] == "a-file-with-a-long-name.txt"
    assert rows[1].startswith("السيول تغمر عين الصفصاف")
    assert rows[-2:] == ["b.txt", "عَرَبِيَّة بالحركات · المقاطع: 12"]


def test_a_pipe_gets_rows_of_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    Screen.out().write_table(COLUMNS, [("a\tb.txt", None, "2024-03-05", 4, "عنوان\nمن سطرين")])
    assert capsys.readouterr().out.splitlines()[1] == "a b.txt\t\t2024-03-05\t4\tعنوان من سطرين"


def test_no_mark_is_written_twice_in_a_row() -> None:
    stream = Terminal()
    Screen(stream).write([line("قال ", rtl=True)])
    assert stream.getvalue().strip("\n") == f"{RLM}قال {RLM}"


def test_progress_is_silent_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBar("ar") as progress:
        progress("read", 1, None)
        progress("index", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_progress_on_a_terminal_names_the_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    with ProgressBar("en") as progress:
        progress("read", 1, None)
        progress("new stage", 1, 2)
    assert "reading" in stream.getvalue()
    assert "new stage" in stream.getvalue()
