"""A run's report as files: the page, Markdown, and two tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evals.errors import RunStopped
from evals.report.page import page
from evals.report.tables import figures_csv, markdown, questions_csv
from evals.report.wording import Wording
from evals.score import Scores, settings_of
from rag.errors import IsnadError

if TYPE_CHECKING:
    from rag.settings import Settings

PAGE, MARKDOWN, QUESTIONS, FIGURES = "report.html", "report.md", "questions.csv", "figures.csv"


def write_report(scores: Scores, run: Path, folder: Path, wording: Wording, settings: Settings) -> Path:
    """Write the report of the run in `run` into `folder`; return the page.

    The tables begin with a byte order mark: without it spreadsheets take Arabic for something else.

    Raises:
        RunStopped: the folder cannot be written.
    """
    from evals import corpus

    cited = {one["source"] for row in scores.rows for one in row.record.get("citations") or ()}
    try:
        texts = corpus.read_texts(sorted(cited), settings_of(scores.run, run, settings)) if cited else {}
    except IsnadError:  # the store is gone: the quotes stand alone, and the page says so
        texts = {}
    written = {
        PAGE: (page(scores, texts, wording), "utf-8"),
        MARKDOWN: (markdown(scores, wording), "utf-8"),
        QUESTIONS: (questions_csv(scores), "utf-8-sig"),
        FIGURES: (figures_csv(scores), "utf-8-sig"),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, (content, encoding) in written.items():
            (folder / name).write_bytes(content.encode(encoding))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise RunStopped(f"{folder} cannot be written: {why}.", path=str(folder), why=why, what="report") from error
    return folder / PAGE
