"""Where lines and tables go: a terminal gets colours, marks and word wrap, a pipe plain text."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TextIO

from bot.direction import FSI, LRM, PDI, Line, Piece, line, marked, visible
from rag.text.normalise import has_arabic

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.measure import Measurement
    from rich.text import Text


_READABLE = 24
"""Cells that a column of titles or outlets needs at least."""
_PADDING = 3
_FIGURE = re.compile(r"[-−–]?[\d.,]*( ?%)?")
"""A cell that says nothing without its heading; a date does."""


class Screen:
    """One output stream."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.is_terminal = stream.isatty()

    @classmethod
    def out(cls) -> Screen:
        """Standard output: results."""
        return cls(sys.stdout)

    @classmethod
    def err(cls) -> Screen:
        """Standard error: progress, messages, what went wrong."""
        return cls(sys.stderr)

    @cached_property
    def console(self) -> Console:
        """Rich's view of the stream (it honours NO_COLOR); markup and guessing at numbers are off."""
        from rich.console import Console

        return Console(file=self.stream, highlight=False, markup=False, emoji=False)

    def write(self, lines: Iterable[Line]) -> None:
        """Write the lines and flush them."""
        for shown in lines:
            if self.is_terminal:
                self._write_styled(shown)
            else:
                self.stream.write(shown.text + "\n")
        self.stream.flush()

    def write_table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table on a terminal, a list where it is too narrow; behind a pipe, tab-separated rows under headings."""
        cells = [["" if cell is None else visible(str(cell)) for cell in row] for row in rows]
        if not self.is_terminal:
            self.stream.writelines("\t".join(row) + "\n" for row in (columns, *cells))
        elif self._has_room(columns, cells):
            self._write_table_box(columns, cells)
        else:
            self.write(_list_lines(columns, cells))
        self.stream.flush()

    def _has_room(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
        """Whether the columns that wrap get a readable width beside those that stay whole."""
        from rich.cells import cell_len

        width = 0
        for number, column in enumerate(columns):
            longest = max(cell_len(cell) for cell in (column, *(row[number] for row in rows)))
            width += _PADDING + (min(longest, _READABLE) if _wraps(rows, number) else longest)
        return width <= self.console.width

    def _write_styled(self, shown: Line) -> None:
        from rich.text import Text

        text = Text()
        for piece in marked(shown):
            text.append(piece.text, style=piece.style or None)
        self.console.print(text)

    def _write_table_box(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for number, column in enumerate(columns):
            justify: Literal["left", "right"] = "right" if all(row[number].isdigit() for row in rows) else "left"
            table.add_column(_Cell(column), justify=justify, no_wrap=not _wraps(rows, number), overflow="fold")
        for row in rows:
            table.add_row(*(_Cell(cell) for cell in row))
        self.console.print(table)


def _wraps(rows: Sequence[Sequence[str]], number: int) -> bool:
    """Whether a column may wrap: Arabic does; names of files, dates and counts stay whole."""
    return any(has_arabic(row[number]) for row in rows)


def _list_lines(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[Line]:
    """Rows one under the other: the first cell, and under it the others that say something, the last one first."""
    for first, *others in rows:
        yield line(Piece(first, "name", "bold"), rtl=False)
        named = [(others[-1], columns[-1]), *zip(others[:-1], columns[1:-1], strict=True)]
        cells = [f"{column}: {cell}" if _FIGURE.fullmatch(cell) else cell for cell, column in named if cell]
        pieces = [piece for cell in cells for piece in (Piece(cell, "name"), Piece(" · "))]
        yield line(*pieces[:-1], rtl=has_arabic(others[-1]))


class _Cell:
    """A cell that keeps its place: two Arabic cells side by side would otherwise read as one run, swapped."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        from rich.measure import Measurement
        from rich.text import Text

        return Measurement.get(console, options, Text(self._text))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        from rich.text import Text

        text = Text(self._text, justify=options.justify)
        for part in text.wrap(console, options.max_width, overflow=options.overflow, no_wrap=options.no_wrap):
            if has_arabic(part.plain):
                part.plain = f"{FSI}{part.plain.strip()}{PDI}{LRM}"
            yield part
