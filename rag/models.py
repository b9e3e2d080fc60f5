"""Models on this machine: where they lie, and `pull`, the one function that may download."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import ModelUnavailable
from rag.settings import Settings

HUB = "https://huggingface.co"
_NAME = re.compile(r"(?:\w[\w.-]*/)?\w[\w.-]*", re.ASCII)
# Other programs' formats of the same weights.
_NOT_NEEDED = ("*.onnx", "onnx/*", "openvino/*", "*.h5", "*.ot", "*.msgpack", "*.gguf", "*.tflite")


def find_model(name: str, settings: Settings) -> Path:
    """The folder of the model called `name`: a folder itself, pulled, or in the hub's cache on this machine.

    Raises:
        ModelUnavailable: it is in none of them; the message says what to run.
    """
    folder = Path(name).expanduser()
    places = [folder]
    if is_model_name(name):
        places += [settings.models_folder / name, *_cached(name)]
    for place in places:
        if (place / "config.json").is_file() or (place / "modules.json").is_file():
            return place.resolve()
    if not is_model_name(name):
        raise ModelUnavailable(
            f"ISNAD_EMBED_MODEL is {name}, and no model lies in that folder.", what="no_folder", model=name
        )
    raise ModelUnavailable(
        f"The model {name} is not on this machine. Download it with: isnad model pull {name}",
        what="not_here",
        model=name,
        command=f"isnad model pull {name}",
    )


def pull(name: str, settings: Settings, *, endpoint: str = HUB) -> Path:
    """Download a model into the home folder; return its folder there. Asked again, it downloads again.

    Without an account: no token is read or sent. What was interrupted goes on where it stopped, and
    only a whole model gets its place.

    Raises:
        ModelUnavailable: the name is none, there is no such model, or the hub cannot be reached.
    """
    if not is_model_name(name):
        raise ModelUnavailable(
            f"{name!r} is no model's name; it looks like intfloat/multilingual-e5-small.", what="no_name", model=name
        )
    from huggingface_hub import HfApi

    target = settings.models_folder / name
    unfinished = settings.models_folder / ".unfinished" / name
    hub = HfApi(endpoint=endpoint, token=False)
    try:
        with _silence():
            names = hub.list_repo_files(name)
            twice = ("*.bin",) if any(file.endswith(".safetensors") for file in names) else ()
            hub.snapshot_download(name, local_dir=unfinished, ignore_patterns=[*_NOT_NEEDED, *twice])
        _replace(unfinished, target)
    except Exception as error:  # the hub's client raises its own, httpx's and the system's errors
        raise ModelUnavailable(
            f"{name} could not be downloaded from {endpoint}: {type(error).__name__}: {_first_line(error)}",
            what="not_downloaded",
            model=name,
            place=endpoint,
            cause=type(error).__name__,
        ) from error
    return target


def is_model_name(name: str) -> bool:
    """Whether `name` can be a model's on the hub, and is safe as a relative path."""
    return _NAME.fullmatch(name) is not None and ".." not in name


@contextmanager
def _silence() -> Iterator[None]:
    """Neither telemetry nor a line for each attempt, whose end is told once.

    The hub's client else fetches a list of other programs' variables, looks for them and reports one it finds.
    """
    from huggingface_hub import constants

    log = logging.getLogger("huggingface_hub")
    was, level = constants.HF_HUB_DISABLE_TELEMETRY, log.level
    constants.HF_HUB_DISABLE_TELEMETRY = True
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        constants.HF_HUB_DISABLE_TELEMETRY = was
        log.setLevel(level)


def _replace(new: Path, old: Path) -> None:
    shutil.rmtree(new / ".cache", ignore_errors=True)
    old.parent.mkdir(parents=True, exist_ok=True)
    if old.exists():
        shutil.rmtree(old)
    new.replace(old)


def _cached(name: str) -> list[Path]:
    """Snapshots in the hub's cache where it lies unless moved, the newest first; no variable is read for it."""
    owned = name if "/" in name else f"sentence-transformers/{name}"
    found: list[Path] = []
    for full in dict.fromkeys((name, owned)):
        snapshots = Path.home() / ".cache" / "huggingface" / "hub" / f"models--{full.replace('/', '--')}" / "snapshots"
        if snapshots.is_dir():
            found += sorted(snapshots.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    return found


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "")
