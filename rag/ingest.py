"""Main path 1: paths -> read -> clean -> Article -> store -> chunk -> encode -> next generation -> swap."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.articles.chunk import article_key_of, chunk
from rag.articles.clean import clean
from rag.articles.files import nothing_at
from rag.articles.read import RawArticle, Sandbox, Skipped
from rag.corpus import gone_from, is_gone, place_of, survey_paths
from rag.errors import NothingStored
from rag.index.build import silent
from rag.index.rows import chunk_rows, content_columns
from rag.index.sources import unknown_source
from rag.index.status import is_stored
from rag.index.writer import open_writer
from rag.reading import TELL_EVERY, Tally, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from rag.corpus import Survey
    from rag.index.build import Built, Progress
    from rag.index.writer import Writer
    from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest, a removal or a reindex did, and what is there now."""

    num_read: int
    """Articles read, whether or not they had changed."""
    num_added: int
    num_changed: int
    num_unchanged: int
    num_removed: int
    num_kept: int
    """Articles not found now and kept: their file could not be read whole, or they are away."""
    num_away: int
    """Those of them whose folder is empty or gone: they go only with `prune`."""
    skipped: tuple[Skipped, ...]
    other_kinds: dict[str, int]
    """How many files of the folders are of a kind that is not read, by suffix, most first."""
    num_embedded: int
    num_articles: int
    num_chunks: int
    """Articles and chunks in the store."""
    generation: int
    seconds: float


def ingest(
    paths: Sequence[Path],
    settings: Settings,
    *,
    name: str | None = None,
    prune: bool = False,
    progress: Progress | None = None,
    on_wait: Callable[[str], None] | None = None,
    on_message: Callable[[str], None] | None = None,
) -> IngestReport:
    """Read the articles under `paths` and make them answerable; all of it takes effect at once.

    What has not changed costs a look at its file. Articles whose file is gone go too, unless its folder is
    empty or all of `paths` is missing, as where a disk is unmounted: then only with `prune`. A file that
    fails to read keeps its last good version. `name` goes before the sources of a root, and renames one that
    is known. `on_message` is told when a damaged index is being rebuilt.

    Raises:
        InputError: a path is not there, or its sources are those of another root.
        IndexMismatch: another encoder, analyzer or chunker made the index.
        IndexBusy: another process kept writing.
    """
    tell = progress or silent
    tally = Tally()
    places = [_place_of(path, settings, may_be_gone=prune) for path in paths]
    with open_writer(settings, create=True, on_wait=on_wait, on_message=on_message) as writer:
        writer.check_fingerprint()
        known = {root.folder for root in writer.rows.roots() if not is_gone(root.folder)}
        survey = survey_paths(places, writer.rows, home=settings.home, name=name, prune=prune)
        tally.removed += survey.num_removed
        tally.skipped += survey.skipped
        tally.other_kinds = survey.other_kinds
        with Sandbox() as sandbox:
            for file in survey.files.values():
                read_file(file, writer.rows, sandbox, tally, tell)
        _keep_away(survey, writer, tally)
        writer.rows.skips.forget(is_gone, set(places))
        writer.rows.forget_roots(but=known)  # a folder that is gone, or of which nothing could be read, names nothing
        return _report(tally, writer.commit(progress=tell), writer)


def remove(
    source: str,
    settings: Settings,
    *,
    progress: Progress | None = None,
    on_wait: Callable[[str], None] | None = None,
    on_message: Callable[[str], None] | None = None,
) -> IngestReport:
    """Remove one article, or all of one file; a file that still stands comes back with its folder's next ingest.

    `on_message` is told when a damaged index is being rebuilt.

    Raises:
        NothingStored: there is no article at all.
        SourceNotFound: no article or file has this source.
        IndexBusy: another process kept writing.
    """
    tally = Tally()
    with open_writer(settings, on_wait=on_wait, on_message=on_message) as writer:
        writer.check_fingerprint()
        tally.removed = writer.rows.remove_source(source)
        if not tally.removed:
            raise unknown_source(source)
        return _report(tally, writer.commit(progress=progress or silent), writer)


def reindex(
    settings: Settings, *, progress: Progress | None = None, on_wait: Callable[[str], None] | None = None
) -> IngestReport:
    """Clean, chunk and encode every stored article again, and build the index from nothing.

    Raises:
        NothingStored: there is no article to read again.
        IndexBusy: another process kept writing.
        ModelUnavailable: the encoder's model is not there.
    """
    tell = progress or silent
    tally = Tally()
    with open_writer(settings, on_wait=on_wait) as writer:
        if not any(writer.rows.count()):
            raise NothingStored("There are no articles yet; read some with: isnad ingest FOLDER")
        for article_id, source, text, given in writer.rows.read_given():
            raw = RawArticle(source=source, text=text, encoding=given.encoding, digest=given.digest, **given.metadata)
            article = clean(raw)
            if isinstance(article, Skipped):
                tally.skipped.append(article)
                tally.removed += 1
                writer.rows.take_out(article_id)
                continue
            slices = chunk(article)
            writer.rows.replace_content(
                article_id, content_columns(article, article_key_of(article)), chunk_rows(article_id, slices)
            )
            tally.unchanged += 1
            if tally.unchanged % TELL_EVERY == 0:
                tell("read", tally.unchanged, None)
        return _report(tally, writer.commit(from_nothing=True, progress=tell), writer)


def _place_of(given: Path, settings: Settings, *, may_be_gone: bool) -> Path:
    """Where a path leads, looked at before anything is locked or made.

    Raises:
        PathNotFound: nothing is there, unless it `may_be_gone`; the message says how to drop what was read there.
    """
    place = place_of(given)
    if is_gone(place) and not may_be_gone:
        raise gone_from(given, place) if is_stored(place, settings) else nothing_at(given)
    return place


def _keep_away(survey: Survey, writer: Writer, tally: Tally) -> None:
    """Count what stays though it is away, and forget what was passed over in it."""
    for file in survey.kept:
        tally.away += len(writer.rows.article_digests(file))
        writer.rows.skips.forget_until_back(file)
    tally.kept += tally.away


def _report(tally: Tally, built: Built, writer: Writer) -> IngestReport:
    num_articles, num_chunks = writer.rows.count()
    return IngestReport(
        num_read=tally.num_read,
        num_added=tally.added,
        num_changed=tally.changed,
        num_unchanged=tally.unchanged,
        num_removed=tally.removed,
        num_kept=tally.kept,
        num_away=tally.away,
        skipped=tuple(tally.skipped),
        other_kinds=dict(sorted(tally.other_kinds.items(), key=lambda kind: (-kind[1], kind[0]))),
        num_embedded=built.num_embedded,
        num_articles=num_articles,
        num_chunks=num_chunks,
        generation=built.serving.number,
        seconds=time.perf_counter() - tally.started,
    )
