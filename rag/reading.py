"""One file of an ingest: read, compared with what is stored of it, and stored in its place."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.articles.chunk import article_key_of, chunk
from rag.articles.clean import clean
from rag.articles.raw import PASSING, RawArticle, Skipped, SkippedLine, Unchanged
from rag.articles.read import file_digest, read_articles
from rag.index.rows import Given

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rag.articles.sandbox import Sandbox
    from rag.corpus import FoundFile
    from rag.index.build import Progress
    from rag.index.rows import Rows, StoredFile

TELL_EVERY = 200
"""Articles between two words to the Progress."""
_METADATA = ("title", "outlet", "date", "url", "author")


@dataclass(slots=True)
class Tally:
    """What is counted on the way to a report."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    kept: int = 0
    away: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    other_kinds: dict[str, int] = field(default_factory=dict)
    started: float = field(default_factory=time.perf_counter)

    @property
    def num_read(self) -> int:
        """Articles read, whether or not they had changed."""
        return self.added + self.changed + self.unchanged


@dataclass(slots=True)
class _Reading:
    """How a file reads: what stood in it `before`, and what of it was `seen` or `skipped` now."""

    file: StoredFile
    before: Mapping[str, tuple[int, str]]
    known: Counter[str]
    """The digests of lines that were skipped before and hold none of these articles."""
    seen: set[str] = field(default_factory=set)
    skipped: list[Skipped] = field(default_factory=list)
    unnamed: Counter[str] = field(default_factory=Counter)
    """The digests of what was skipped without its article being known; empty ones where there is none."""
    is_moving: bool = False
    """Whether the file changed while it was read."""

    def pass_over(self, item: Skipped) -> None:
        """Take in what was skipped."""
        if item.source == self.file.source:
            self.unnamed[item.digest if isinstance(item, SkippedLine) else ""] += 1
        self.skipped.append(Skipped(item.source, item.reason, item.detail))

    @property
    def is_doubtful(self) -> bool:
        """Whether any missing article may stand in what could not be read: everything, or other lines than before."""
        return not self.seen or self.is_moving or bool(self.unnamed - self.known)

    @property
    def is_passing(self) -> bool:
        """Whether the same bytes may read otherwise next time."""
        return self.is_moving or any(item.reason in PASSING for item in self.skipped)

    @property
    def missing(self) -> set[str]:
        """What stood in the file before and was not seen."""
        return set(self.before) - self.seen

    @property
    def kept(self) -> set[str]:
        """The missing articles whose last good version stays."""
        named = {item.source for item in self.skipped}
        return self.missing if self.is_doubtful else self.missing & named


def read_file(found: FoundFile, rows: Rows, sandbox: Sandbox, tally: Tally, tell: Progress) -> None:
    """Bring the store to what a file says; one that did not change is passed over."""
    digest = file_digest(found.path)
    if digest and digest == found.digest:
        _pass_over(found, tally)
        return
    file = found.stored or rows.add_file(found.root, found.path, found.source)
    lines = rows.skips.unnamed(file.path) if file.num_unnamed else Counter()
    reading = _Reading(file, rows.article_digests(file), lines)
    known = {stored: source for source, (_, stored) in reading.before.items()}
    for item in read_articles(found.path, found.source, known, sandbox):
        outcome = _take(item, reading, rows, tally) if isinstance(item, RawArticle) else item
        if isinstance(outcome, Skipped):
            reading.pass_over(outcome)
            continue
        reading.seen.add(outcome.source)
        if isinstance(item, Unchanged):
            tally.unchanged += 1
        if tally.num_read % TELL_EVERY == 0:
            tell("read", tally.num_read, None)
    reading.is_moving = bool(digest) and file_digest(found.path) != digest
    _settle(reading, rows, tally, digest="" if reading.is_passing else digest)


def _pass_over(found: FoundFile, tally: Tally) -> None:
    num_kept = found.stored.num_kept if found.stored else 0
    tally.kept += num_kept
    tally.unchanged += found.num_articles - num_kept
    tally.skipped += found.skipped


def _take(raw: RawArticle, reading: _Reading, rows: Rows, tally: Tally) -> RawArticle | Skipped:
    """Store one article in place of its last version."""
    article = clean(raw)
    if isinstance(article, Skipped):
        return article
    if raw.source in reading.before:
        article_id, _ = reading.before[raw.source]
        rows.remove_articles([article_id])
        tally.changed += 1
    else:
        tally.added += 1
    given = Given(raw.digest, raw.encoding, {name: getattr(raw, name) for name in _METADATA})
    rows.put_article(reading.file, article, chunk(article), article_key_of(article), given)
    return raw


def _settle(reading: _Reading, rows: Rows, tally: Tally, *, digest: str) -> None:
    """Remove what is gone from a file and note how it read; one without a digest is read again next time."""
    file, kept = reading.file, reading.kept
    gone = reading.missing - kept
    rows.remove_articles(reading.before[source][0] for source in gone)
    tally.removed += len(gone)
    tally.kept += len(kept)
    tally.skipped += reading.skipped
    lines = [digest for digest in (reading.known if kept else reading.unnamed).elements() if digest]
    is_read = bool(reading.seen or kept)
    if is_read:
        rows.note_reading(file, digest, num_unnamed=len(lines), num_kept=len(kept))
    else:
        rows.remove_file(file)
    rows.skips.note(file.path, reading.skipped, lines if is_read else ())
    if not is_read:
        rows.skips.note_refused(file, digest)
