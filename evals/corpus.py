"""The articles of a run: those that a set brought along, a home of their own, their texts as the files have them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.errors import CorpusUnusable
from rag.ingest import ingest
from rag.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from rag.index.build import Progress


def write_articles(articles: Mapping[str, Mapping[str, str]], folder: Path) -> None:
    """Write the articles that a set brought along as files whose sources are the names it gives them."""
    lines: dict[str, list[str]] = {}
    for source, article in articles.items():
        name, _, article_id = source.partition("#")
        if article_id:
            lines.setdefault(name, []).append(json.dumps({"id": article_id} | dict(article), ensure_ascii=False))
        else:
            _write(folder / name, article["text"])
    for name, of_file in lines.items():
        _write(folder / name, "\n".join(of_file) + "\n")


def digest_of_corpus(folder: Path | None, articles: Mapping[str, Mapping[str, str]]) -> str | None:
    """A hash of what a run is asked of: the files of `folder`, and the articles that its set brought along.

    None where there is neither, and the current index is asked.

    Raises:
        CorpusUnusable: the folder is not there.
    """
    if folder is None and not articles:
        return None
    digest = hashlib.blake2b(json.dumps(articles, sort_keys=True).encode(), digest_size=16)
    if folder is not None:
        _check_there(folder)
        for path in sorted(folder.rglob("*") if folder.is_dir() else [folder]):
            if path.is_file():
                digest.update(repr((path.relative_to(folder).as_posix(), _hash_of(path))).encode())
    return digest.hexdigest()


def settings_of_run(settings: Settings, home: Path) -> Settings:
    """The settings with a home of the run's own: nothing is written to the servers of the person's own home."""
    values: dict[str, Any] = {"home": home, "database_url": None, "chroma_url": None}
    if settings.embed_model and (pulled := settings.models_folder / settings.embed_model).is_dir():
        values["embed_model"] = str(pulled.resolve())
    return settings.model_copy(update=values)


def ingest_corpus(
    folders: Sequence[Path],
    settings: Settings,
    *,
    progress: Progress | None = None,
    on_wait: Callable[[str], None] | None = None,
) -> None:
    """Read the corpus into the home of `settings`; what stands there already costs a look.

    Raises:
        CorpusUnusable: a folder is not there, or no article was read.
    """
    for folder in folders:
        _check_there(folder)
    report = ingest(folders, settings, progress=progress, on_wait=on_wait)
    if not report.num_articles:
        named = ", ".join(map(str, folders))
        raise CorpusUnusable(f"No article could be read from {named}.", path=named, what="empty")


def describe_index(settings: Settings) -> dict[str, Any]:
    """What a run was asked of, as config.json keeps it.

    Raises:
        CorpusUnusable: there is no article.
    """
    from rag.index.status import load_identity, load_status

    status = load_status(settings)
    if not status.num_articles:
        raise CorpusUnusable(
            f"There are no articles in {settings.home}: give --corpus FOLDER, or read some with isnad ingest FOLDER.",
            path=str(settings.home),
            what="no_articles",
        )
    counts = {"num_articles": status.num_articles, "num_chunks": status.num_chunks}
    return asdict(load_identity(settings)) | counts


def known_sources(settings: Settings) -> frozenset[str]:
    """Every source of the index."""
    from rag.index.status import load_sources

    return frozenset(row.source for row in load_sources(settings))


def read_texts(sources: Iterable[str], settings: Settings) -> dict[str, str]:
    """The articles' texts, as their files have them.

    Of a JSONL file, and of a file that is gone, the store's text counts.
    """
    from rag.index.status import load_texts

    texts: dict[str, str] = {}
    files: dict[tuple[Path, str], str | None] = {}
    for stored in load_texts(sources, settings):
        place = (stored.path, stored.encoding)
        if place not in files:
            files[place] = None if stored.path.suffix.lower() == ".jsonl" else _read(*place)
        texts[stored.source] = stored.text if files[place] is None else str(files[place])
    return texts


def _check_there(folder: Path) -> None:
    if not folder.exists():
        raise CorpusUnusable(f"There is no corpus at {folder}.", path=str(folder), what="missing")


def _hash_of(path: Path) -> str | None:
    """A hash of what the file holds; None where it cannot be read, which reading it in will say."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "blake2b").hexdigest()
    except OSError:
        return None


def _read(path: Path, encoding: str) -> str | None:
    try:
        return path.read_text(encoding)
    except (OSError, ValueError, LookupError):
        return None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8", "replace"))
