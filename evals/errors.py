"""What can go wrong with an evaluation, each with what to do next.

    InputError
    ├── QuestionSetUnusable    the question set is not there, cannot be read, or holds no question
    ├── CorpusUnusable         the corpus is not there, or holds no article
    ├── CalibrationImpossible  the sets give too little to fit the constants on, or they cannot be written
    └── RunUnusable            the run folder is not there, is of another version, or of other questions or settings
    IsnadError
    └── RunStopped             a run could not go on; what was answered stays

`str(error)` is the English sentence; front ends fill their own from `error.details`.
"""

from __future__ import annotations

from rag.errors import InputError, IsnadError


class QuestionSetUnusable(InputError):
    """The question set is not there, cannot be read, or holds no question."""


class CorpusUnusable(InputError):
    """The corpus is not there, or holds no article."""


class CalibrationImpossible(InputError):
    """The sets give too little to fit the constants on, or they cannot be written."""


class RunUnusable(InputError):
    """The run folder is not there, is of another version, or of other questions or settings."""


class RunStopped(IsnadError):
    """A run could not go on; what was answered stays."""
