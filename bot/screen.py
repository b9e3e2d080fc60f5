"""Where lines and tables go: a terminal gets colours, marks and word wrap, a pipe plain text."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TextIO

from bot.direction import FSI, LRM, PDI, Line, marked, visible
from rag.text.normalise import has_arabic

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.measure import Measurement
    from rich.text import Text


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
        for line in lines:
            if self.is_terminal:
                self._write_styled(line)
            else:
                self.stream.write(line.text + "\n")
        self.stream.flush()

    def write_table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table on a terminal; behind a pipe, tab-separated rows under their headings."""
        cells = [["" if cell is None else visible(str(cell)) for cell in row] for row in rows]
        if self.is_terminal:
            self._write_table_box(columns, cells)
        else:
            for row in (list(columns), *cells):
                self.stream.write("\t".join(row) + "\n")
        self.stream.flush()

    def _write_styled(self, line: Line) -> None:
        from rich.text import Text

        text = Text()
        for piece in marked(line):
            text.append(piece.text, style=piece.style or None)
        self.console.print(text)

    def _write_table_box(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for number, column in enumerate(columns):
            wraps = any(has_arabic(row[number]) for row in rows)  # names of files, dates and counts stay whole
            justify: Literal["left", "right"] = "right" if all(row[number].isdigit() for row in rows) else "left"
            table.add_column(_Cell(column), justify=justify, no_wrap=not wraps, overflow="fold")
        for row in rows:
            table.add_row(*(_Cell(cell) for cell in row))
        self.console.print(table)


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
