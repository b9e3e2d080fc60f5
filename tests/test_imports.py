"""What a command loads: the heavy libraries stay away from those that do not use them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"torch", "transformers", "sentence_transformers", "llama_index", "openai", "telegram", "onnxruntime", "scipy"}
INDEX = {"chromadb", "chromadb_rust_bindings", "tantivy"}

RUN = """
import atexit, json, sys
out = sys.argv.pop(1)
atexit.register(lambda: open(out, "w").write(json.dumps(sorted({name.partition(".")[0] for name in sys.modules}))))
sys.argv[0] = "isnad"
from bot.cli import main
sys.exit(main())
"""


def modules_of(arguments: list[str], folder: Path) -> set[str]:
    """The top-level modules in a fresh process at the end of `isnad ARGUMENTS`."""
    out = folder / "modules.json"
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(out), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(out.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of two articles."""
    folder = tmp_path_factory.mktemp("articles")
    (folder / "bridge.txt").write_text(
        "افتتاح جسر النهر\nافتتح الوزير جسر النهر يوم الاثنين في مدينة الواحة.\n", "utf-8"
    )
    (folder / "market.txt").write_text("أسعار التمور\nارتفعت أسعار التمور في السوق بنسبة 12 في المئة.\n", "utf-8")
    home = tmp_path_factory.mktemp("home")
    modules_of(["ingest", str(folder), "--home", str(home)], home)
    return home


@pytest.mark.parametrize("command", [[], ["ingest"], ["ask"], ["search"], ["chat"], ["eval"]], ids="-".join)
def test_help_loads_neither_models_nor_the_index(command: list[str], tmp_path: Path) -> None:
    loaded = modules_of([*command, "--help"], tmp_path)
    assert loaded & (HEAVY | INDEX | {"sqlalchemy", "numpy"}) == set()


def test_ask_loads_the_index_and_no_model(home: Path) -> None:
    loaded = modules_of(["ask", "متى افتتح جسر النهر؟", "--home", str(home), "--json"], home)
    assert loaded & HEAVY == set()
    assert loaded >= INDEX


def test_search_loads_the_index_and_no_model(home: Path) -> None:
    loaded = modules_of(["search", "أسعار التمور", "--home", str(home), "--json"], home)
    assert loaded & HEAVY == set()
    assert loaded >= INDEX


def test_eval_loads_no_model_and_not_all_that_its_measures_could(home: Path, tmp_path: Path) -> None:
    (tmp_path / "set.jsonl").write_text('{"question": "متى افتتح جسر النهر؟", "answers": ["الاثنين"]}', "utf-8")
    loaded = modules_of(["eval", "set.jsonl", "--home", str(home), "--out", "run", "--json"], tmp_path)
    assert loaded & HEAVY == set()


def test_importing_the_library_is_light(tmp_path: Path) -> None:
    code = "import json, sys, rag, rag.schema, rag.errors; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    assert {name.partition(".")[0] for name in json.loads(done.stdout)} & (HEAVY | INDEX | {"pydantic"}) == set()
