from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rag.errors import IndexMismatch, ModelUnavailable
from rag.index.encoders import load_encoder
from rag.ingest import ingest, reindex
from rag.pipeline import Pipeline
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.index.sentence_encoder import SentenceEncoder

LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهويءةىئؤأإآqueryasg:"
has_models = importlib.util.find_spec("sentence_transformers") is not None
needs_models = pytest.mark.skipif(not has_models, reason="needs the extra [models]")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real model: a Bert of one layer with random weights, mean pooling, 16 dimensions."""
    if not has_models:
        pytest.skip("needs the extra [models]")
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("models")
    bert = folder / "bert"
    bert.mkdir()
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    (bert / "vocab.txt").write_text("\n".join(dict.fromkeys(vocabulary)), encoding="utf-8")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(dict.fromkeys(vocabulary)),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(bert)
    BertTokenizerFast(vocab_file=str(bert / "vocab.txt")).save_pretrained(bert)
    model = SentenceTransformer(modules=[Transformer(str(bert), max_seq_length=64), Pooling(16)], device="cpu")
    model.save(str(folder / "tiny"))
    return folder / "tiny"


@pytest.fixture
def model(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return shutil.copytree(tiny_model, tmp_path / "model")


def _encoder(folder: Path | str, home: Path | None = None) -> SentenceEncoder:
    encoder = load_encoder(Settings(embed_model=str(folder), embed_weight=0.7, home=home or Path("nowhere")))
    assert type(encoder).__name__ == "SentenceEncoder"
    return encoder  # type: ignore[return-value]


def _set_prompts(model: Path, query: str, document: str) -> None:
    path = model / "config_sentence_transformers.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"prompts": {"query": query, "document": document}}))


def test_vectors_are_unit_vectors_of_the_models_own(model: Path) -> None:
    from sentence_transformers import SentenceTransformer

    encoder = _encoder(model)
    texts = ["قتل جنود في الحدود", "زلزال", "كلمة " * 500]
    vectors = encoder.encode_passages(texts)
    assert vectors.dtype == np.float32
    assert (*vectors.shape, encoder.dim, encoder.weight) == (3, 16, 16, 0.7)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    plain = SentenceTransformer(str(model), local_files_only=True).encode(texts, show_progress_bar=False)
    plain /= np.linalg.norm(plain, axis=1, keepdims=True)
    assert np.allclose(vectors, plain, atol=1e-5)
    question = encoder.encode_question("زلزال")
    assert question.dtype == np.float32
    assert question.shape == (16,)
    assert np.allclose(question, vectors[1], atol=1e-5)


def test_any_text_has_a_vector(model: Path) -> None:
    encoder = _encoder(model)
    assert encoder.encode_passages([]).shape == (0, 16)
    vectors = encoder.encode_passages(["", " ", "\ud800", "\x00", "😀"])
    assert np.isfinite(vectors).all()


def test_two_threads_may_ask_at_once(model: Path) -> None:
    encoder = _encoder(model)
    questions = [f"زلزال {'ب' * number}" for number in range(24)]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(encoder.encode_question, questions))
    assert np.allclose(together, [encoder.encode_question(question) for question in questions], atol=1e-5)


def test_the_name_is_what_the_files_hold(model: Path, tmp_path: Path) -> None:
    name = _encoder(model).name
    (model / "README.md").write_text("other words")
    moved = shutil.copytree(model, tmp_path / "elsewhere")
    assert _encoder(moved).name == name
    weights = moved / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    assert _encoder(moved).name != name
    _set_prompts(model, "سؤال: ", "")
    assert _encoder(model).name != name


def test_large_weights_are_told_apart_by_samples(model: Path) -> None:
    weights = model / "pytorch_model.safetensors"
    names = set()
    for place in (0, 500_000, 999_999):
        content = bytearray(1_000_000)
        content[place] = 1
        weights.write_bytes(content)
        names.add(_encoder(model).name)
    assert len(names) == 3


def test_a_models_own_prompts_are_used(model: Path) -> None:
    plain = _encoder(shutil.copytree(model, model.parent / "plain"))
    _set_prompts(model, "query: ", "passage: ")
    prompted = _encoder(model)
    assert np.allclose(prompted.encode_question("زلزال"), plain.encode_question("query: زلزال"), atol=1e-5)
    assert np.allclose(prompted.encode_passages(["زلزال"]), plain.encode_passages(["passage: زلزال"]), atol=1e-5)
    assert not np.allclose(prompted.encode_question("زلزال"), plain.encode_question("زلزال"), atol=1e-3)


def test_e5_models_get_their_prefixes(model: Path, tmp_path: Path) -> None:
    plain, e5 = _encoder(model), _encoder(shutil.copytree(model, tmp_path / "multilingual-e5-tiny"))
    assert np.allclose(e5.encode_question("زلزال"), plain.encode_question("query: زلزال"), atol=1e-5)
    assert np.allclose(e5.encode_passages(["زلزال"]), plain.encode_passages(["passage: زلزال"]), atol=1e-5)
    assert e5.name != plain.name


def test_own_prompts_win_over_the_e5_ones(model: Path, tmp_path: Path) -> None:
    _set_prompts(model, "سؤال: ", "")
    own = _encoder(shutil.copytree(model, tmp_path / "e5-other"))
    plain_folder = shutil.copytree(model, tmp_path / "plain")
    _set_prompts(plain_folder, "", "")
    plain = _encoder(plain_folder)
    assert np.allclose(own.encode_question("زلزال"), plain.encode_question("سؤال: زلزال"), atol=1e-5)
    assert np.allclose(own.encode_passages(["زلزال"]), plain.encode_passages(["زلزال"]), atol=1e-5)


@pytest.mark.parametrize(
    ("change", "dim"),
    [
        ({"embedding_dimension": 16, "pooling_mode": "mean"}, 16),
        ({"word_embedding_dimension": 16, "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False}, 16),
        ({"word_embedding_dimension": 16, "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": True}, 32),
    ],
)
def test_the_dimension_is_the_models(model: Path, change: dict[str, object], dim: int) -> None:
    (model / "1_Pooling" / "config.json").write_text(json.dumps(change))
    encoder = _encoder(model)
    assert encoder.dim == dim == len(encoder.encode_question("زلزال"))


def test_a_missing_module_is_found_when_loading(model: Path) -> None:
    shutil.rmtree(model / "1_Pooling")
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        _encoder(model).encode_question("زلزال")


@pytest.mark.parametrize("broken", ["model.safetensors", "tokenizer.json", "config.json", "modules.json"])
def test_a_broken_model_says_where_it_lies(model: Path, broken: str) -> None:
    (model / broken).write_bytes(b"{]")
    with pytest.raises(ModelUnavailable, match=str(model)):
        _encoder(model).encode_question("زلزال")


def test_name_and_dimension_need_no_torch(tiny_model: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from rag.settings import Settings\n"
        "from rag.index.encoders import load_encoder\n"
        f"encoder = load_encoder(Settings(embed_model={str(tiny_model)!r}, home=Path('nowhere')))\n"
        "print(encoder.name, encoder.dim, 'torch' in sys.modules, 'sentence_transformers' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert shown == [_encoder(tiny_model).name, "16", "False", "False"]


def test_nothing_is_asked_of_the_network_and_nothing_is_said(tiny_model: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    code = (
        "from pathlib import Path; from rag.settings import Settings; from rag.index.encoders import load_encoder\n"
        f"encoder = load_encoder(Settings(embed_model={str(tiny_model)!r}, home=Path('nowhere')))\n"
        "encoder.encode_question('زلزال')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )  # the guard of every test's process counts attempts
    assert (done.stdout, done.stderr) == ("", "")


@needs_models
def test_pulled_and_cached_models_are_found(tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    cached = tmp_path / ".cache/huggingface/hub/models--someone--tiny/snapshots/0123abcd"
    with pytest.raises(ModelUnavailable, match="isnad model pull someone/tiny"):
        _encoder("someone/tiny", tmp_path / "home")
    shutil.copytree(tiny_model, cached)
    assert _encoder("someone/tiny", tmp_path / "home").name == _encoder(tiny_model).name
    shutil.rmtree(cached)
    shutil.copytree(tiny_model, tmp_path / "home" / "models" / "someone" / "tiny")
    assert _encoder("someone/tiny", tmp_path / "home").name == _encoder(tiny_model).name


@needs_models
@pytest.mark.parametrize("wanted", ["/no/such/folder", "./nowhere", "../up", "a/b/c", "..", "a..b", "سلام", " "])
def test_a_folder_that_is_not_there(wanted: str, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="no model lies in that folder"):
        _encoder(wanted, tmp_path)


def test_without_the_extra_the_install_line_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.index.sentence_encoder.find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable, match=r"pip install -c constraints\.txt -e '\.\[models\]'"):
        _encoder("someone/tiny", tmp_path)


def test_a_model_takes_over_with_reindex(tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "quake.txt").write_text(
        "زلزال في الوادي\n\nضرب زلزال الوادي فجر الأحد. وقتل فيه تسعة.\n", encoding="utf-8"
    )
    hashing = Settings(home=tmp_path / "home")
    ingest([folder], hashing)
    with_model = Settings(home=hashing.home, embed_model=str(tiny_model))
    with pytest.raises(IndexMismatch, match="isnad reindex"), Pipeline(with_model) as pipeline:
        pipeline.answer("متى ضرب الزلزال؟")
    report = reindex(with_model)
    assert report.num_embedded == report.num_chunks > 0
    with Pipeline(with_model) as pipeline:
        assert pipeline.answer("متى ضرب الزلزال؟").citations[0].source == "quake.txt"
    assert ingest([folder], with_model).num_embedded == 0
    with pytest.raises(IndexMismatch), Pipeline(hashing) as pipeline:
        pipeline.answer("متى ضرب الزلزال؟")
