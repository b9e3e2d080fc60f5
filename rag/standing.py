"""What stands now where articles were read: folders that were emptied, and what was skipped and can be mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.corpus import is_gone, kept_files
from rag.index.rows import Rows
from rag.index.status import reading
from rag.naming import Roots, given_of

if TYPE_CHECKING:
    from pathlib import Path

    from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Standing:
    """What an ingest could be given, and why; each in its order and once."""

    emptied: tuple[Path, ...] = ()
    """Folders that are there, of which articles stay though what they stood in is empty: `prune` drops them."""
    to_mend: tuple[Path, ...] = ()
    """Folders, or files that were given one by one, with something in them that was skipped."""


def load_standing(settings: Settings) -> Standing:
    """Look at the places that the home of `settings` remembers."""
    with reading(settings) as connection:
        if connection is None:
            return Standing()
        rows = Rows(connection)
        roots, skipped = Roots(rows.roots()), rows.skips.to_mend()
        emptied = [roots.naming(file.path.parent) for file in kept_files(rows.files(), roots)]
    to_mend = []
    for path in skipped:
        if is_gone(path):
            continue
        root = roots.naming(path.parent) or roots.naming(path)
        to_mend.append(given_of(root, path) if root else path)
    return Standing(
        tuple(dict.fromkeys(root.folder for root in emptied if root and root.folder.is_dir())),
        tuple(dict.fromkeys(to_mend)),
    )
