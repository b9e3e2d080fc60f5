"""The docs are held to the code: settings, commands, targets, links and the file map."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined

from rag.settings import Settings, variable_of

REPOSITORY = Path(__file__).resolve().parents[1]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
PACKAGES = ("rag", "bot", "evals")


def pages() -> list[Path]:
    """Every Markdown file that belongs to the project."""
    folders = ("docs", "seeds", "benchmarks", *PACKAGES)
    return sorted(
        [*REPOSITORY.glob("*.md"), *(page for folder in folders for page in (REPOSITORY / folder).rglob("*.md"))]
    )


def default_of(name: str) -> str:
    """A setting's default as `.env.example` writes it; empty where it is not set or depends on the machine."""
    default = Settings.model_fields[name].default
    return "" if default in (None, PydanticUndefined, frozenset()) else str(default)


def file_map() -> dict[str, str]:
    """The rows of README's file map: path -> what it says."""
    block = re.search(r"## File map\n.*?```text\n(.*?)```", README, re.DOTALL)
    assert block is not None
    rows: dict[str, str] = {}
    path = ""
    for line in block[1].splitlines():
        named, _, words = line.partition("  ")
        path = named or path
        rows[path] = f"{rows.get(path, '')} {words.strip()}"
    return rows


def test_env_example_names_every_setting_with_its_default() -> None:
    text = (REPOSITORY / ".env.example").read_text(encoding="utf-8")
    written = dict(re.findall(r"^# ([A-Z][A-Z0-9_]+)=(.*)$", text, re.MULTILINE))
    assert written == {variable_of(name): default_of(name) for name in Settings.model_fields}


def test_env_example_switches_nothing_on() -> None:
    lines = (REPOSITORY / ".env.example").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []


def commands() -> Iterator[tuple[str, str]]:
    """Every command of the CLI with its help."""
    import typer

    from bot.cli import build_app

    def walk(group: object, path: str) -> Iterator[tuple[str, str]]:
        for name, command in getattr(group, "commands", {}).items():
            full = f"{path} {name}"
            if hasattr(command, "commands"):
                yield from walk(command, full)
            else:
                yield full, command.help or ""

    return walk(typer.main.get_command(build_app("en")), "isnad")


def test_readme_names_every_command_and_every_command_has_help() -> None:
    found = dict(commands())
    assert {"isnad ingest", "isnad ask", "isnad search", "isnad chat"} <= found.keys()
    assert [command for command in found if f"`{command}" not in README] == []
    assert [command for command, text in found.items() if len(text) < 10] == []


def test_readme_names_every_target_of_the_makefile() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    listed = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert listed is not None
    assert [target for target in listed[1].split() if f"make {target}" not in README] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_to_files_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_file_map_names_what_exists() -> None:
    rows = file_map()
    assert rows
    assert [path for path in rows if not (REPOSITORY / path).exists()] == []


def test_the_file_map_names_every_module() -> None:
    rows = file_map()
    missing = []
    for module in (found for package in PACKAGES for found in (REPOSITORY / package).rglob("*.py")):
        path = module.relative_to(REPOSITORY).as_posix()
        folder, _, name = path.rpartition("/")
        named = path in rows or re.search(rf"\b{name.removesuffix('.py')}\b", rows.get(f"{folder}/", ""))
        if not name.startswith("__") and not named:
            missing.append(path)
    assert "\n".join(missing) == ""


def test_the_architecture_page_stays_short() -> None:
    assert len((REPOSITORY / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) < 100


def test_decisions_are_numbered_without_gaps_and_have_their_four_parts() -> None:
    records = sorted((REPOSITORY / "docs" / "decisions").glob("[0-9]*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert re.search(r"^Date: \d{4}-\d{2}-\d{2}$", text, re.MULTILINE), record.name
        headings = re.findall(r"^## (\w+)", text, re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequence"], record.name


def test_readme_shows_what_the_demo_prints(tmp_path: Path) -> None:
    """What takes its own time, and where isnad lies, may differ; where the rest does, paste it anew."""
    printed = subprocess.run(
        [sys.executable, "-m", "bot.demo"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120
    ).stdout
    block = re.search(r"make demo\n```.*?```text\n(.*?)```", README, re.DOTALL)
    assert block is not None

    def settled(text: str) -> list[str]:
        text = re.sub(r"[0-9.]+ ثانية", "… ثانية", text)
        return re.sub(r"\S*isnad chat", "isnad chat", text).split()

    assert settled(block[1]) == settled(printed)
