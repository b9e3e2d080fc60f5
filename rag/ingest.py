"""Main path 1: paths -> read -> clean -> Article -> store -> chunk -> encode -> next generation -> swap."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.articles.chunk import article_key_of, chunk
from rag.articles.clean import clean
from rag.articles.read import RawArticle, Sandbox, Skipped, Unchanged, file_digest, read_articles
from rag.corpus import FoundFile, is_gone, survey_paths
from rag.errors import NothingStored, PathNotFound, SourceNotFound
from rag.index.rows import Given, chunk_rows, content_columns
from rag.index.writer import open_writer, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from rag.index.build import Built, Progress
    from rag.index.rows import Rows, StoredFile
    from rag.index.writer import Writer
    from rag.settings import Settings

_METADATA = ("title", "outlet", "date", "url", "author")
_TELL_EVERY = 200


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
    """Articles that are not in their files any more, kept since those could not be read whole: see `prune`."""
    skipped: tuple[Skipped, ...]
    num_embedded: int
    num_articles: int
    num_chunks: int
    """Articles and chunks in the store."""
    generation: int
    seconds: float


@dataclass(slots=True)
class _Tally:
    """What is counted on the way to an IngestReport."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    kept: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    @property
    def num_read(self) -> int:
        return self.added + self.changed + self.unchanged

    def report(self, built: Built, writer: Writer) -> IngestReport:
        num_articles, num_chunks = writer.rows.count()
        return IngestReport(
            num_read=self.num_read,
            num_added=self.added,
            num_changed=self.changed,
            num_unchanged=self.unchanged,
            num_removed=self.removed,
            num_kept=self.kept,
            skipped=tuple(self.skipped),
            num_embedded=built.num_embedded,
            num_articles=num_articles,
            num_chunks=num_chunks,
            generation=built.serving.number,
            seconds=time.perf_counter() - self.started,
        )


def ingest(
    paths: Sequence[Path],
    settings: Settings,
    *,
    name: str | None = None,
    prune: bool = False,
    progress: Progress | None = None,
    on_wait: Callable[[str], None] | None = None,
) -> IngestReport:
    """Read the articles under `paths` and make them answerable; all of it takes effect at once.

    What has not changed costs a look at its file. Articles whose file is gone go too, unless the
    whole folder is empty or missing: then only with `prune`. A file that fails to read keeps its last
    good version. `name` goes before the sources of a new root.

    Raises:
        InputError: a path is not there, or its sources are those of another root.
        IndexMismatch: another encoder, analyzer or chunker made the index.
        IndexBusy: another process kept writing.
    """
    tell = progress or silent
    tally = _Tally()
    if not prune:
        for path in paths:
            if is_gone(path.expanduser()):
                raise PathNotFound(f"There is nothing at {path}.", path=str(path))
    with open_writer(settings, create=True, on_wait=on_wait) as writer, Sandbox() as sandbox:
        writer.check_fingerprint()
        survey = survey_paths(paths, writer.rows, name=name, prune=prune)
        tally.skipped += survey.skipped
        for file in survey.files.values():
            _read_file(file, writer.rows, tally, sandbox, tell)
        for gone in survey.gone.values():
            tally.removed += writer.rows.remove_file(gone)
        tally.kept += sum(len(writer.rows.article_digests(file)) for file in survey.kept.values())
        for path in writer.rows.skipped_paths():
            if is_gone(path):
                writer.rows.note_skipped(path, ())
        return tally.report(writer.commit(progress=tell), writer)


def remove(source: str, settings: Settings, *, on_wait: Callable[[str], None] | None = None) -> IngestReport:
    """Remove one article, or all of one file; a file that still stands comes back with its folder's next ingest.

    Raises:
        NothingStored: there is no article at all.
        SourceNotFound: no article or file has this source.
        IndexBusy: another process kept writing.
    """
    tally = _Tally()
    with open_writer(settings, on_wait=on_wait) as writer:
        writer.check_fingerprint()
        tally.removed = writer.rows.remove_source(source)
        if not tally.removed:
            raise SourceNotFound(f"No article has the source {source!r}; `isnad sources` lists them.", source=source)
        return tally.report(writer.commit(progress=silent), writer)


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
    tally = _Tally()
    with open_writer(settings, on_wait=on_wait) as writer:
        if not any(writer.rows.count()):
            raise NothingStored("There are no articles yet; read some with: isnad ingest FOLDER")
        for article_id, source, text, given in writer.rows.read_given():
            raw = RawArticle(source=source, text=text, encoding=given.encoding, digest=given.digest, **given.metadata)
            article = clean(raw)
            if isinstance(article, Skipped):
                tally.skipped.append(article)
                tally.removed += 1
                writer.rows.remove_articles([article_id])
                continue
            slices = chunk(article)
            writer.rows.replace_content(
                article_id, content_columns(article, article_key_of(article)), chunk_rows(article_id, slices)
            )
            tally.unchanged += 1
            if tally.unchanged % _TELL_EVERY == 0:
                tell("read", tally.unchanged, None)
        return tally.report(writer.commit(from_nothing=True, progress=tell), writer)


def _read_file(found: FoundFile, rows: Rows, tally: _Tally, sandbox: Sandbox, tell: Progress) -> None:
    digest = file_digest(found.path)
    if found.stored is not None and digest and found.stored.digest == digest:
        tally.kept += found.stored.num_kept
        tally.unchanged += len(rows.article_digests(found.stored)) - found.stored.num_kept
        tally.skipped += rows.read_skipped(found.path)
        return
    file = found.stored or rows.add_file(found.root, found.path, found.source)
    before = rows.article_digests(file)
    missing = set(before)
    skipped: list[Skipped] = []
    num_read = tally.num_read
    known = {before_digest: source for source, (_, before_digest) in before.items()}
    for item in read_articles(found.path, found.source, known, sandbox):
        if isinstance(item, Unchanged):
            tally.unchanged += 1
        else:
            outcome = item if isinstance(item, Skipped) else _take(item, file, before.get(item.source), rows, tally)
            if outcome is not None:
                skipped.append(outcome)
                continue
        missing.discard(item.source)
        if tally.num_read % _TELL_EVERY == 0:
            tell("read", tally.num_read, None)
    tally.skipped += skipped
    is_moving = bool(digest) and file_digest(found.path) != digest
    reading = _Reading(file, before, missing, skipped, is_empty=tally.num_read == num_read, is_moving=is_moving)
    gone = missing - reading.kept
    rows.remove_articles(before[source][0] for source in gone)
    tally.removed += len(gone)
    tally.kept += len(reading.kept)
    _note(reading, rows, digest)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How one file read: what stood in it `before`, what of that was `missing`, and what was passed over."""

    file: StoredFile
    before: Mapping[str, tuple[int, str]]
    missing: set[str]
    skipped: list[Skipped]
    is_empty: bool
    """Whether not one article was read."""
    is_moving: bool
    """Whether the file changed while it was read."""

    @property
    def num_unnamed(self) -> int:
        """How much was passed over without its article being known."""
        return sum(item.source == self.file.source for item in self.skipped)

    @property
    def is_doubtful(self) -> bool:
        """Whether any missing article may stand in what could not be read: everything, or more than ever before."""
        return self.is_empty or self.is_moving or self.num_unnamed > self.file.num_unnamed

    @property
    def kept(self) -> set[str]:
        """The missing articles whose last good version stays."""
        named = {item.source for item in self.skipped}
        return self.missing if self.is_doubtful else self.missing & named


def _take(
    raw: RawArticle, file: StoredFile, before: tuple[int, str] | None, rows: Rows, tally: _Tally
) -> Skipped | None:
    """Store one article in place of its last version."""
    article = clean(raw)
    if isinstance(article, Skipped):
        return article
    if before is not None:
        rows.remove_articles([before[0]])
        tally.changed += 1
    else:
        tally.added += 1
    given = Given(raw.digest, raw.encoding, {name: getattr(raw, name) for name in _METADATA})
    rows.put_article(file, article, chunk(article), article_key_of(article), given)
    return None


def _note(reading: _Reading, rows: Rows, digest: str) -> None:
    """Remember how a file read; one that gave nothing, moved, or could not be opened, is read again next time."""
    rows.flush()
    if not rows.article_digests(reading.file):
        rows.remove_file(reading.file)
    else:
        unopened = reading.is_moving or any(item.reason in {"unreadable", "timed_out"} for item in reading.skipped)
        settled = reading.file.num_unnamed if reading.is_doubtful and reading.before else reading.num_unnamed
        rows.note_reading(reading.file, "" if unopened else digest, num_unnamed=settled, num_kept=len(reading.kept))
    rows.note_skipped(reading.file.path, reading.skipped)
