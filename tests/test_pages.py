"""The pages for people: what they tell to type can be typed, in both languages."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import localised_command
from rag.articles.read import RawArticle, read_articles
from rag.settings import Settings, load_settings, variable_of

REPOSITORY = Path(__file__).resolve().parents[1]
PAGES = [REPOSITORY / name for name in ("README.md", "README.ar.md", "docs/settings.md", "docs/operating.md")]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"(?:^|[ /])isnad (?P<words>[a-z][^#\n]*)")


def blocks(page: Path, kind: str) -> list[str]:
    return [text for language, text in _BLOCK.findall(page.read_text("utf-8")) if language == kind]


def names() -> list[str]:
    """Every command: `ask`, `model pull`."""
    commands = localised_command("ar").commands.items()
    return [
        f"{name} {inner}".strip() for name, command in commands for inner in getattr(command, "commands", {"": None})
    ]


def typed() -> Iterator[tuple[str, str]]:
    """Every command line of Isnad that stands on a page, in a block or on its own between backticks."""
    for page in PAGES:
        text = page.read_text("utf-8")
        lines = [line for block in blocks(page, "bash") for line in block.splitlines()]
        lines += re.findall(r"`(isnad [^`]*)`", text)
        for line in lines:
            if (found := _COMMAND.search(line)) and "systemctl" not in line and "curl" not in line:
                yield page.name, found["words"].strip()


@pytest.mark.parametrize(("page", "words"), list(typed()))
def test_what_a_page_tells_to_type_parses(page: str, words: str) -> None:
    if words in names():
        return
    command = localised_command("en")
    given = ["3" if word == "N" else word for word in shlex.split(words) if word != "..."]
    context = command.make_context("isnad", given)
    while hasattr(command, "commands"):
        name, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        context = command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_tells_to_make_is_a_target(page: Path) -> None:
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    told = {target for block in blocks(page, "bash") for target in re.findall(r"^make ([a-z]+)", block, re.MULTILINE)}
    assert told <= targets


def test_the_arabic_page_names_every_command_and_the_other_page() -> None:
    arabic, english = ((REPOSITORY / name).read_text("utf-8") for name in ("README.ar.md", "README.md"))
    assert [name for name in names() if f"`isnad {name}" not in arabic] == []
    assert "(README.md)" in arabic
    assert "(README.ar.md)" in english


def test_the_arabic_page_shows_what_the_tour_prints() -> None:
    english = (REPOSITORY / "README.md").read_text("utf-8")
    (shown,) = blocks(REPOSITORY / "README.ar.md", "text")
    assert shown in english


@pytest.mark.parametrize("name", ["README.md", "README.ar.md"])
def test_the_line_of_jsonl_that_a_page_shows_is_read_whole(name: str, tmp_path: Path) -> None:
    (shown,) = blocks(REPOSITORY / name, "json")
    (tmp_path / "a.jsonl").write_text(shown, "utf-8")
    (article,) = read_articles(tmp_path / "a.jsonl", "a.jsonl")
    assert isinstance(article, RawArticle)
    assert article.outlet == "راديو المرسى"
    assert all([article.text, article.title, article.date, article.url, article.author])


def test_the_settings_page_names_every_setting_in_both_languages() -> None:
    english, arabic = (REPOSITORY / "docs" / "settings.md").read_text("utf-8").split('<div dir="rtl">', 1)
    for half in (english, arabic):
        named = set(re.findall(r"(?:ISNAD|TELEGRAM)_[A-Z_]*[A-Z]", half))
        assert named == {variable_of(name) for name in Settings.model_fields}


def plain(value: object) -> str:
    """A default as a page writes it: `25` for 25.0."""
    return f"{value:g}" if isinstance(value, float) else str(value)


@pytest.mark.parametrize("half", [0, 1], ids=["en", "ar"])
def test_the_settings_page_gives_the_defaults_that_hold(half: int) -> None:
    text = (REPOSITORY / "docs" / "settings.md").read_text("utf-8").split('<div dir="rtl">', 1)[half]
    defaults = {variable_of(name): field.default for name, field in Settings.model_fields.items()}
    told = re.findall(r"`([A-Z_]+)`[^`|\n]*\(`([^`]+)` (?:by default|افتراضا)\)", text)
    assert told == [(name, plain(defaults[name])) for name in ("ISNAD_LLM_TIMEOUT_S", "ISNAD_EMBED_WEIGHT")]
    rows = [cells for line in text.splitlines() if len(cells := line.split("|")) == 5 and "`" in line]
    assert len(rows) == 9
    for _, _, names, values, _ in rows:
        set_here = [defaults[name] for name in re.findall(r"[A-Z]+(?:_[A-Z]+)+", names)]
        assert re.findall("`([^`]+)`", values) == [plain(value) for value in set_here if value is not None]


def test_what_the_settings_page_tells_to_write_is_the_same_in_both_languages() -> None:
    found = blocks(REPOSITORY / "docs" / "settings.md", "ini")
    assert found[: len(found) // 2] == found[len(found) // 2 :]


def test_what_the_settings_page_tells_to_write_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for block in blocks(REPOSITORY / "docs" / "settings.md", "ini"):
        (tmp_path / ".env").write_text(block, encoding="utf-8")
        set_here = load_settings().model_fields_set
        assert {variable_of(name) for name in set_here} == set(re.findall(r"^([A-Z_]+)=", block, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_blocks_of_code_stand_outside_of_what_runs_from_right_to_left(page: Path) -> None:
    depth = 0
    for line in page.read_text("utf-8").splitlines():
        depth += line.count("<div") - line.count("</div>")
        assert depth in (0, 1)
        assert not (line.startswith("```") and depth)
    assert depth == 0
