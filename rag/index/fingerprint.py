"""What made an index: stamped when it is made, compared when it is opened."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from rag.articles.chunk import CHUNKER
from rag.articles.clean import CLEANER
from rag.errors import IndexMismatch
from rag.index.store_errors import damaged
from rag.text.terms import ANALYZER

if TYPE_CHECKING:
    from rag.index.encoders import Encoder


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Names and versions of everything that decides what an index holds."""

    encoder: str
    dim: int
    analyzer: str
    chunker: str
    cleaner: str

    @classmethod
    def of(cls, encoder: Encoder) -> Fingerprint:
        """What an index made now with `encoder` would be stamped with."""
        return cls(encoder.name, encoder.dim, ANALYZER, CHUNKER, CLEANER)

    @classmethod
    def loads(cls, text: str) -> Fingerprint:
        """The fingerprint that `dumps` wrote; a part that it does not name is empty.

        Raises:
            StoreUnusable: it is none.
        """
        try:
            stated = json.loads(text)
        except ValueError:
            stated = None
        if not isinstance(stated, dict):
            raise damaged("what made the index is not what was stored")
        return cls(**{part.name: stated.get(part.name, "") for part in fields(cls)})

    def dumps(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), sort_keys=True)

    def check(self, wanted: Fingerprint) -> None:
        """Compare this, an index's own fingerprint, with the one that is wanted.

        Raises:
            IndexMismatch: they differ; the message says in what and names `isnad reindex`.
        """
        stored, now = asdict(self), asdict(wanted)
        different = [part for part in stored if stored[part] != now[part]]
        if different:
            what = ", ".join(f"{part} {stored[part]} (now {now[part]})" for part in different)
            raise IndexMismatch(
                f"The index was made with {what}. Rebuild it with: isnad reindex",
                what=different[0],
                stored=stored[different[0]],
                wanted=now[different[0]],
                command="isnad reindex",
            )


def check_fingerprint(stored: str | None, wanted: Fingerprint) -> None:
    """Compare what made an index, as `Fingerprint.dumps` put it, with what would make it now.

    Raises:
        IndexMismatch: they differ.
        StoreUnusable: `stored` is none.
    """
    if stored is not None and stored != wanted.dumps():
        Fingerprint.loads(stored).check(wanted)
