"""`isnad doctor`: everything that is looked at, in order. It changes nothing and calls nobody but your own servers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from bot.direction import Line, Piece, line
from bot.doctor.configuration import check_settings, check_variables, shown_settings, without_secrets, wrong_settings
from bot.doctor.finding import Finding, State, because
from bot.doctor.installation import check_packages, check_python, check_trial
from bot.doctor.places import check_database, check_disk, check_encoder, check_home, check_index, check_state
from bot.render import EMPTY_LINE, HEADING, message
from bot.texts import Lang, fill, plain
from bot.texts.doctor import DOCTOR
from rag.errors import SettingsError

if TYPE_CHECKING:
    from rag.settings import Settings

MARKS: dict[State, str] = {"ok": "✓", "off": "·", "warning": "!", "problem": "✗"}
STYLES: dict[State, str] = {"ok": "green", "off": "dim", "warning": "yellow", "problem": "bold red"}

Check = Callable[[], Finding | Iterable[Finding] | None]


def examine(settings: Settings | SettingsError, lang: Lang) -> list[Finding]:
    """Look at everything; where the settings cannot be read, at what needs none."""
    checks: list[Check] = [lambda: check_python(lang), lambda: check_packages(lang), lambda: check_variables(lang)]
    if isinstance(settings, SettingsError):
        return [*_run(checks, lang), *wrong_settings(settings, lang)]
    known = settings
    checks += [lambda: check_settings(known)]
    for check in (check_home, check_disk, check_database, check_state, check_encoder, check_index, check_trial):
        checks.append(lambda check=check: check(known))  # type: ignore[misc]
    return [
        Finding(finding.check, finding.state, without_secrets(finding.text, known)) for finding in _run(checks, lang)
    ]


def is_well(findings: Iterable[Finding]) -> bool:
    """Whether nothing is a problem."""
    return all(finding.state != "problem" for finding in findings)


def record_of(findings: list[Finding], settings: Settings | SettingsError) -> dict[str, object]:
    """As `doctor --json` prints it."""
    return {
        "healthy": is_well(findings),
        "findings": [
            {"check": finding.check, "state": finding.state, "text": plain(finding.text)} for finding in findings
        ],
        "settings": {} if isinstance(settings, SettingsError) else shown_settings(settings),
    }


def finding_lines(findings: list[Finding], settings: Settings | SettingsError, lang: Lang) -> list[Line]:
    """One line per finding, then what is set, then the sum of it."""
    lines = [shown for finding in findings for shown in _finding_lines(finding)]
    set_here = {} if isinstance(settings, SettingsError) else shown_settings(settings)
    if set_here:
        lines += [EMPTY_LINE, *message(fill(DOCTOR["set"], lang), style=HEADING)]
        lines += [line(Piece(f"{name}={value}", "name"), rtl=False) for name, value in set_here.items()]
    num_problems = sum(finding.state == "problem" for finding in findings)
    num_warnings = sum(finding.state == "warning" for finding in findings)
    key = "unwell" if num_problems else "warned" if num_warnings else "well"
    verdict = fill(DOCTOR[key], lang, number=num_problems or num_warnings)
    return [*lines, EMPTY_LINE, *message(verdict, style=HEADING)]


def _finding_lines(finding: Finding) -> Iterator[Line]:
    mark = MARKS[finding.state]
    for shown in message(finding.text):
        yield Line((Piece(f"{mark} ", style=STYLES[finding.state]), *shown.pieces), shown.rtl)
        mark = " "


def _run(checks: Iterable[Check], lang: Lang) -> Iterator[Finding]:
    for check in checks:
        try:
            result = check()
            found_now = [result] if isinstance(result, Finding) else list(result or ())
        except Exception as error:  # noqa: BLE001  a doctor who falls ill himself still looks at the rest
            found_now = [because("doctor", "broken", error, lang)]
        yield from found_now
