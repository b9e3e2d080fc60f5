"""The installation: Python, packages, and whether they answer a question together."""

from __future__ import annotations

import platform
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

from bot.doctor.finding import Finding, because, found

if TYPE_CHECKING:
    from bot.texts import Lang
    from rag.settings import Settings

OLDEST = (3, 11)
EXTRAS = {"models": "sentence-transformers", "postgres": "psycopg"}
_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*(?P<wanted>[^;]*)(?P<marker>;.*)?")
_ARTICLE = "افتتاح جسر الواحة\nافتتح الوزير جسر الواحة يوم الاثنين، وبلغ طوله 420 مترا.\n"
_QUESTION = "كم بلغ طول جسر الواحة؟"


def check_python(lang: Lang) -> Finding:
    """Whether this Python is new enough."""
    values = {"version": platform.python_version(), "path": sys.executable}
    good = sys.version_info >= OLDEST
    return found("python", "ok" if good else "problem", "python" if good else "python.old", lang, **values)


def check_packages(lang: Lang) -> Iterator[Finding]:
    """Whether every package is there, in a version that works; and which extras are."""
    try:
        wanted = requires("isnad") or []
    except PackageNotFoundError:
        yield found("packages", "warning", "packages.not_installed", lang)
        return
    wrong = [trouble for requirement in wanted if (trouble := _trouble(requirement))]
    if wrong:
        yield found("packages", "problem", "packages.wrong", lang, names=", ".join(wrong))
    else:
        number = sum("extra ==" not in requirement for requirement in wanted)
        yield found("packages", "ok", "packages", lang, number=number, isnad=version("isnad"))
    for extra, package in EXTRAS.items():
        here = _version(package)
        key = "extra" if here else "extra.off"
        yield found("packages", "ok" if here else "off", key, lang, extra=f"[{extra}]", package=package, version=here)


def check_trial(settings: Settings) -> Finding:
    """Whether one article can be read, indexed and quoted, in a folder that is removed again."""
    from rag.ingest import ingest
    from rag.pipeline import Pipeline

    lang = settings.lang
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="isnad-doctor-") as scratch:
        nothing = dict.fromkeys(("database_url", "chroma_url", "embed_model", "llm_url", "llm_model"))
        alone = settings.model_copy(update={"home": Path(scratch) / "home", **nothing})
        (Path(scratch) / "bridge.txt").write_text(_ARTICLE, encoding="utf-8")
        try:
            ingest([Path(scratch) / "bridge.txt"], alone)
            with Pipeline(alone) as pipeline:
                answer = pipeline.answer(_QUESTION)
        except Exception as error:  # noqa: BLE001  whatever an installation may lack shows here, and is the finding
            return because("trial", "trial.failed", error, lang)
    if not any(citation.quote in _ARTICLE for citation in answer.citations):
        return found("trial", "problem", "trial.wrong", lang, status=answer.status)
    return found("trial", "ok", "trial", lang, seconds=f"{time.perf_counter() - started:.1f}")


def _trouble(requirement: str) -> str:
    """What is wrong with a package that the base needs; empty where nothing is."""
    parts = _REQUIREMENT.match(requirement)
    if parts is None or parts["marker"]:
        return ""
    here = _version(parts["name"])
    if not here:
        return parts["name"]
    return "" if _fits(here, parts["wanted"].strip(" ()")) else f"{parts['name']} {here} ({parts['wanted'].strip()})"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _fits(here: str, wanted: str) -> bool:
    """Whether a version is one of those wanted; without `packaging`, which others bring along, it is taken to be."""
    try:
        from packaging.specifiers import SpecifierSet
    except ImportError:
        return True
    return SpecifierSet(wanted).contains(here, prereleases=True)
