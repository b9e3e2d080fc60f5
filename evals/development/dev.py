"""The five real pages and their questions, as a person would ask them: `python -m evals.development.dev`.

Nothing is fitted on these. Prints a table by kind, every answer that is wrong, and with `-v` every answer.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evals.development.data import holds, shared_folder
from rag.ingest import ingest
from rag.pipeline import Pipeline
from rag.schema import Answer
from rag.settings import Settings

_COLUMNS = ("asked", "answered", "weak", "refused", "said", "right", "answered right")


def main() -> None:
    """Ingest, ask, print."""
    shared = shared_folder()
    lines = (shared / "questions" / "seeds-dev.jsonl").read_text("utf-8").splitlines()
    table: dict[str, Counter[str]] = defaultdict(Counter)
    with tempfile.TemporaryDirectory(prefix="isnad-dev-") as home:
        settings = Settings(home=Path(home), _env_file=None)
        ingest([shared / "seeds"], settings)
        with Pipeline(settings) as pipeline:
            for line in map(json.loads, lines):
                answer = pipeline.answer(line["question"], line.get("history", ()))
                right = _is_right(line, answer)
                _count(table[line["kind"]], answer, right=right)
                if "-v" in sys.argv or (answer.sentences and not right):
                    _show(line, answer, right=right)
    _print_row("kind", _COLUMNS)
    for kind, row in table.items():
        _print_row(kind, [str(row[column]) for column in _COLUMNS])


def _is_right(line: Mapping[str, Any], answer: Answer) -> bool:
    cited = {citation.source for citation in answer.citations}
    return holds(answer.text, tuple(line["answers"])) and not cited.isdisjoint(line["sources"])


def _count(row: Counter[str], answer: Answer, *, right: bool) -> None:
    said = answer.status != "refused"
    row.update(["asked", answer.status])
    row.update({"said": said, "right": said and right, "answered right": answer.status == "answered" and right})


def _show(line: Mapping[str, Any], answer: Answer, *, right: bool) -> None:
    _say(f"{line['id']} {line['kind']}: {answer.status}, {'right' if right else 'WRONG'}: {answer.searched}")
    for sentence in answer.sentences:
        _say(f"    {sentence.rank} {sentence.citations} {sentence.text}")


def _print_row(kind: str, cells: list[str] | tuple[str, ...]) -> None:
    _say(f"{kind:14}" + "".join(f"{cell:>{len(column) + 2}}" for cell, column in zip(cells, _COLUMNS, strict=True)))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
