"""A sentence-transformers model as an Encoder: meaning across words and languages.

Found on this machine or not at all: nothing here asks a network (`rag.models.pull` does, when told to).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from rag.errors import ModelUnavailable
from rag.models import find_model
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.index.encoders import Vectors

_VERSION = 1
"""Of what this module does to a text before the model sees it."""
_BATCH = 32
_SAMPLE = 1 << 16  # bytes of a large file that enter the identity, at its start, middle and end
_NO_PART = re.compile(r"(?:^|/)(?:\.|onnx/|openvino/)|(?:\.md|\.onnx|\.h5|\.ot|\.msgpack|\.gguf)$")
_E5 = re.compile(r"(?:^|[-_/.])e5(?:[-_/.]|$)", re.IGNORECASE)
_E5_INSTRUCT = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: "


class SentenceEncoder:
    """The model of `ISNAD_EMBED_MODEL`: found when made, loaded with the first text.

    Raises:
        ModelUnavailable: the model, or the extra that runs it, is not installed, or it cannot be loaded.
    """

    def __init__(self, settings: Settings) -> None:
        wanted = settings.embed_model or ""
        if find_spec("sentence_transformers") is None:
            raise ModelUnavailable(
                "ISNAD_EMBED_MODEL needs sentence-transformers; in Isnad's folder: "
                "pip install -c constraints.txt -e '.[models]'",
                what="no_extra",
                install=".[models]",
            )
        self.weight = settings.embed_weight
        self._wanted = wanted
        self._folder = find_model(wanted, settings)
        self._lock = Lock()  # a fast tokenizer refuses a second thread ("Already borrowed")

    @cached_property
    def name(self) -> str:
        """What the model's files hold and what is put before a text; where the files lie does not matter."""
        digest = blake2b(digest_size=8)
        for path in _parts(self._folder):
            _add_file(digest, path, self._folder)
        digest.update(json.dumps(self._prompts).encode())
        return f"sentence-transformers-{digest.hexdigest()}/{_VERSION}"

    @cached_property
    def dim(self) -> int:
        """Length of a vector: as the model's configuration says, else by loading it."""
        return _configured_dim(self._folder) or int(self._model.get_embedding_dimension())

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of shape (len(texts), dim); what is longer than the model reads is cut."""
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return self._encode(self._model.encode_document, texts, self._prompts[1])

    def encode_question(self, text: str) -> Vectors:
        """Return one unit vector of shape (dim,)."""
        vector: Vectors = self._encode(self._model.encode_query, [text], self._prompts[0])[0]
        return vector

    @cached_property
    def _prompts(self) -> tuple[str | None, str | None]:
        """What stands before a question and before a passage; None where the model's own prompts decide.

        The E5 models were trained with `query: ` and `passage: ` and say so on their model cards alone
        (L. Wang et al., "Multilingual E5 Text Embeddings", 2024); their instruct models have another one.
        """
        own = _read_json(self._folder / "config_sentence_transformers.json")
        prompts = own.get("prompts") if isinstance(own, dict) else None
        if isinstance(prompts, dict) and any(prompts.values()):
            return None, None
        config = _read_json(self._folder / "config.json")
        trained_as = str(config.get("_name_or_path", "")) if isinstance(config, dict) else ""
        named = next(filter(_E5.search, (Path(self._wanted).name, self._folder.name, trained_as)), None)
        if named is None:
            return None, None
        return (_E5_INSTRUCT, "") if "instruct" in named.lower() else ("query: ", "passage: ")

    def _encode(self, encode: Any, texts: Sequence[str], prompt: str | None) -> Vectors:
        readable = [text.encode("utf-8", "replace").decode() for text in texts]  # tokenizers refuse surrogates
        with self._lock:
            vectors = encode(
                readable, prompt=prompt, batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return cast("Vectors", np.asarray(vectors, dtype=np.float32))

    @cached_property
    def _model(self) -> Any:
        with self._lock:
            return _load(self._folder, self._wanted)


def _load(folder: Path, wanted: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer

        with _quiet():
            model = SentenceTransformer(str(folder), trust_remote_code=False, local_files_only=True)
    except Exception as error:  # three libraries read these files, each with errors of its own
        raise _unusable(wanted, folder, str(error)) from error
    configured, made = _configured_dim(folder), model.get_embedding_dimension()
    if made is None or configured not in (None, made):
        raise _unusable(wanted, folder, f"{configured} dimensions are configured, {made} come out")
    return model.eval()


def _unusable(wanted: str, folder: Path, why: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"The model of ISNAD_EMBED_MODEL, {wanted}, cannot be loaded from {folder}: {why}",
        what="unusable",
        model=wanted,
        folder=str(folder),
        why=why,
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bar over weights that load in a second."""
    from transformers.utils import logging

    was_on = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if was_on:
            logging.enable_progress_bar()


def _parts(folder: Path) -> list[Path]:
    """The files that make the vectors, sorted by their names in the folder."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    names = [name for name in sorted(files) if not _NO_PART.search(name)]
    if any(name.endswith(".safetensors") for name in names):
        names = [name for name in names if not name.endswith(".bin")]
    return [files[name] for name in names]


def _add_file(digest: blake2b, path: Path, folder: Path) -> None:
    """Weights are sampled: training changes all of them, and hashing gigabytes would slow every start."""
    size = path.stat().st_size
    digest.update(f"{path.relative_to(folder).as_posix()}\0{size}\0".encode("utf-8", "surrogateescape"))
    with path.open("rb") as file:
        if size <= 3 * _SAMPLE:
            digest.update(file.read())
            return
        for start in (0, size // 2, size - _SAMPLE):
            file.seek(start)
            digest.update(file.read(_SAMPLE))


def _configured_dim(folder: Path) -> int | None:
    """The length of the vectors as the last module that has one says; None where it is not plain."""
    modules = _read_json(folder / "modules.json")
    settled = _read_json(folder / "config_sentence_transformers.json")
    if not isinstance(modules, list) or (isinstance(settled, dict) and settled.get("truncate_dim")):
        return None
    for module in reversed(modules):
        kind = str(module.get("type", "")).rpartition(".")[2] if isinstance(module, dict) else ""
        if kind == "Normalize":
            continue
        config = _read_json(folder / str(module.get("path", "")) / "config.json") if kind else None
        if not isinstance(config, dict):
            return None
        if kind == "Dense":
            return _whole(config.get("out_features"))
        if kind == "Pooling":
            modes = sum(value is True for key, value in config.items() if key.startswith("pooling_mode_"))
            one = modes == 1 or (modes == 0 and isinstance(config.get("pooling_mode"), str))
            return _whole(config.get("embedding_dimension", config.get("word_embedding_dimension"))) if one else None
        return None
    return None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None


def _read_json(path: Path) -> Any:
    """The file's value; None where there is no such file or it is broken (loading the model will say how)."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
