"""Whether the index can answer: opened, counted and compared with the store, and nothing mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rag.errors import IndexDamaged, IndexMismatch, IsnadError, ModelUnavailable, ServerUnavailable
from rag.index import database
from rag.index.build import check_generation
from rag.index.encoders import load_encoder
from rag.index.fingerprint import Fingerprint, check_fingerprint
from rag.index.generations import Generations

if TYPE_CHECKING:
    from rag.settings import Settings

HealthState = Literal["empty", "healthy", "missing", "damaged", "mismatch", "unreachable", "no_model", "unusable"]
"""`empty`: nothing was ever read; `unusable`: the store itself cannot be opened or its settings are wrong."""


@dataclass(frozen=True, slots=True)
class IndexHealth:
    """What became of opening the index."""

    state: HealthState
    error: IsnadError | None = None
    """What is wrong, where something is."""


def check_index(settings: Settings) -> IndexHealth:
    """Open the index of `settings` as a question would, and count what it holds. About a second; it raises nothing."""
    try:
        return _check(settings)
    except IndexDamaged as error:
        return IndexHealth("damaged", error)
    except IndexMismatch as error:
        return IndexHealth("unusable" if error.details.get("what") == "schema" else "mismatch", error)
    except ServerUnavailable as error:
        return IndexHealth("unreachable", error)
    except ModelUnavailable as error:
        return IndexHealth("unusable" if error.details.get("what") == "no_driver" else "no_model", error)
    except IsnadError as error:
        return IndexHealth("unusable", error)


def _check(settings: Settings) -> IndexHealth:
    engine = database.open_engine(settings)
    try:
        if not database.exists(engine):
            return IndexHealth("empty")
        fingerprint = Fingerprint.of(load_encoder(settings))
        with engine.connect() as connection:
            facts = database.read_facts(connection)
            if facts.serving.number == 0:
                return IndexHealth("empty")
            check_fingerprint(facts.fingerprint, fingerprint)
            generations = Generations(settings, fingerprint, facts.store_id)
            folder = generations.folder_of(facts.serving)
            if folder is None:
                missing = f"Generation {facts.serving.number} of the index is missing."
                return IndexHealth("missing", IndexDamaged(missing, where="index"))
            generation = generations.open(folder)
            try:
                check_generation(connection, generation)
            finally:
                generation.close()
            return IndexHealth("healthy")
    finally:
        engine.dispose()
