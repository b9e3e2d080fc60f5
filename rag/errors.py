"""What can go wrong, each with what to do next.

    IsnadError
    ├── SettingsError          a setting has a value that is not allowed
    ├── InputError             what was handed over cannot be used
    │   ├── PathNotFound       a path to ingest is not there
    │   ├── SourceConflict     two roots hold the same relative path
    │   ├── SourceNotFound     no article has this source name
    │   ├── QuestionsError     a file of questions or a history cannot be read
    │   └── NothingStored      there is no article yet to work on
    ├── StoreUnusable          the database cannot be opened, read or written
    │   └── IndexUnreadable    nor can the index's files, though they need not be damaged
    ├── DiskFull               there is no room left for what has to be written
    ├── ServerUnavailable      a server that holds the vectors does not answer
    ├── IndexError_            the index cannot be used as it is
    │   ├── IndexMismatch      it was made by another encoder, analyzer or chunker
    │   ├── IndexDamaged       it is missing or broken (it can be rebuilt from the store)
    │   └── IndexBusy          another process is writing it
    ├── ModelUnavailable       a model, or the extra that runs it, is not installed
    └── LLMFailed              the language model's server failed or said nothing usable

`str(error)` is the English sentence; front ends that speak Arabic look the class up in their own
texts and fill in `error.details`. Abstaining is no error: see `schema.Answer`.
"""

from __future__ import annotations


class IsnadError(Exception):
    """The root: everything the library raises on purpose."""

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.details = details


class SettingsError(IsnadError):
    """A setting has a value that is not allowed; `others` are wrong at the same time."""

    others: tuple[SettingsError, ...] = ()


class InputError(IsnadError):
    """What was handed over cannot be used."""


class PathNotFound(InputError):
    """A path to ingest is not there."""


class SourceConflict(InputError):
    """Two roots hold the same relative path."""


class SourceNotFound(InputError):
    """No article has this source name."""


class QuestionsError(InputError):
    """A file of questions, or a history, cannot be read."""


class NothingStored(InputError):
    """There is no article yet to work on."""


class StoreUnusable(IsnadError):
    """The database cannot be opened, read or written."""


class IndexUnreadable(StoreUnusable):
    """The index's files cannot be used just now, and need not be damaged: no reason to build them again."""


class DiskFull(IsnadError):
    """There is no room left for what has to be written; what was stored before is untouched."""


class ServerUnavailable(IsnadError):
    """A server that holds the vectors does not answer."""


class IndexError_(IsnadError):  # noqa: N801 - the underscore keeps the builtin IndexError usable
    """The index cannot be used as it is."""


class IndexMismatch(IndexError_):
    """The index was made by another encoder, analyzer or chunker."""


class IndexDamaged(IndexError_):
    """The index is missing or broken; the store can rebuild it."""


class IndexBusy(IndexError_):
    """Another process is writing the index."""


class ModelUnavailable(IsnadError):
    """A model, or the extra that runs it, is not installed."""


class LLMFailed(IsnadError):
    """The language model's server failed or said nothing usable."""
