"""Whether the index can answer: opened, counted, compared with the store and with its seal, and nothing mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rag.errors import IndexDamaged, IndexMismatch, IsnadError, ModelUnavailable, ServerUnavailable
from rag.index import database
from rag.index.build import check_generation
from rag.index.encoders import load_encoder
from rag.index.fingerprint import Fingerprint, check_fingerprint
from rag.index.generations import Generations
from rag.index.trouble import unreadable

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


_STATES: tuple[tuple[type[IsnadError], HealthState], ...] = (
    (IndexDamaged, "damaged"),
    (IndexMismatch, "mismatch"),
    (ServerUnavailable, "unreachable"),
    (ModelUnavailable, "no_model"),
)
_OF_THE_STORE = {"schema", "no_driver"}
"""What an error of one of these classes is about where it is about the store, not its index."""


def check_index(settings: Settings) -> IndexHealth:
    """Open the index of `settings` as a question would, count what it holds, and prove its files; it raises nothing.

    About a second, and another one for each gigabyte.
    """
    try:
        return _check(settings)
    except IsnadError as error:
        return IndexHealth(_state_of(error), error)
    except Exception as error:  # noqa: BLE001 - noise, or the system, may make anything raise: that is what is asked
        return IndexHealth("unusable", unreadable(settings.index_folder, f"{type(error).__name__}: {error}"))


def _state_of(error: IsnadError) -> HealthState:
    if error.details.get("what") in _OF_THE_STORE:
        return "unusable"
    return next((state for kind, state in _STATES if isinstance(error, kind)), "unusable")


def _check(settings: Settings) -> IndexHealth:
    engine = database.open_engine(settings)
    try:
        if not database.exists(engine, settings.index_folder):
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
            generations.prove(facts.serving)
            return IndexHealth("healthy")
    finally:
        engine.dispose()
