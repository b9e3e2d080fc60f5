"""Encoders make vectors. The default one needs nothing but numpy."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np

from rag.text.terms import term_groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.settings import Settings

    Vectors = NDArray[np.float32]

_CACHED_GROUPS = 1 << 17


class Encoder(Protocol):
    """Makes unit vectors; `name` changes whenever the vectors it makes would."""

    @property
    def name(self) -> str:
        """Stable identity, stamped into the index."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def weight(self) -> float:
        """Share of the dense score in the ranking, 0 to 1: the measured worth of this encoder."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of shape (len(texts), dim)."""
        ...

    def encode_question(self, text: str) -> Vectors:
        """Return one unit vector of shape (dim,)."""
        ...


class HashingEncoder:
    """Feature hashing of the analyzer's terms: deterministic, no download, no claim of meaning.

    Each term adds +1 or -1 to one of `dim` places, both chosen by its CRC-32 (Weinberger et al.,
    "Feature Hashing for Large Scale Multitask Learning", 2009); the square root damps repetition.
    """

    dim = 256
    name = f"hashing-{dim}/1"
    # Beside the lexical ranking it adds nothing measurable; its candidates still join the pool.
    weight = 0.0

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of shape (len(texts), dim); a text without terms gives zeros."""
        counts = np.zeros((len(texts), 2 * self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            places = np.frombuffer(b"".join(map(_signed_places, term_groups(text))), np.int16)
            counts[row] = np.bincount(places, minlength=2 * self.dim)
        signed = counts[:, : self.dim] - counts[:, self.dim :]
        damped = np.sign(signed) * np.sqrt(np.abs(signed))
        norms = np.linalg.norm(damped, axis=1, keepdims=True)
        vectors: Vectors = (damped / np.maximum(norms, np.finfo(np.float32).tiny)).astype(np.float32)
        return vectors

    def encode_question(self, text: str) -> Vectors:
        """Return one unit vector of shape (dim,)."""
        vector: Vectors = self.encode_passages([text])[0]
        return vector


@lru_cache(maxsize=_CACHED_GROUPS)
def _signed_places(group: str) -> bytes:
    """Where a group of terms counts, as numbers of 16 bits: 0 to dim-1 for +1, dim to 2·dim-1 for -1."""
    terms = group.encode("utf-8", "surrogatepass").split()
    return array("h", [zlib.crc32(term) % (2 * HashingEncoder.dim) for term in terms]).tobytes()


def load_encoder(settings: Settings) -> Encoder:
    """Return the encoder that the settings ask for.

    Raises:
        ModelUnavailable: the model or the extra `[models]` is not installed.
    """
    if settings.embed_model is None:
        return HashingEncoder()
    from rag.index.sentence_encoder import SentenceEncoder

    return SentenceEncoder(settings)
