from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from llama_index.core import Settings as LlamaSettings
from llama_index.core.llms import MockLLM
from llama_index.core.schema import MetadataMode

from rag.ingest import ingest
from rag.llama import IsnadRetriever, build_query_engine
from rag.pipeline import Pipeline
from rag.settings import Settings

ARTICLES = {
    "bridge.txt": "انهيار جسر المدينة القديمة\n\nانهار جسر المدينة القديمة فجر الثلاثاء. وقتل في الحادث سبعة عمال.\n",
    "copy.txt": "انهيار جسر المدينة القديمة\n\nانهار جسر المدينة القديمة فجر الثلاثاء. وقتل في الحادث سبعة عمال.\n",
    "harvest.txt": "موسم القمح يبدأ باكرا\n\nبدأ حصاد القمح في السهول الشرقية قبل موعده بأسبوعين.\n",
}


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    folder = tmp_path_factory.mktemp("articles")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    ingest([folder], settings)
    with Pipeline(settings) as pipeline:
        yield pipeline


def test_nodes_are_the_passages_of_the_pipeline(pipeline: Pipeline) -> None:
    nodes = IsnadRetriever(pipeline, top_k=3).retrieve("متى بدأ حصاد القمح؟")
    best, passage = nodes[0], pipeline.search("متى بدأ حصاد القمح؟", 3)[0]
    assert best.node_id == passage.chunk_id
    assert best.score == passage.score
    assert best.metadata["source"] == "harvest.txt"
    assert ARTICLES["harvest.txt"][best.metadata["start"] : best.metadata["end"]] == best.text
    assert best.node.ref_doc_id == "harvest.txt"


def test_ids_are_unique_and_best_first(pipeline: Pipeline) -> None:
    nodes = IsnadRetriever(pipeline, top_k=10).retrieve("كم عاملا قتل في انهيار الجسر؟")
    ids = [node.node_id for node in nodes]
    assert len(set(ids)) == len(ids)
    scores = [node.score or 0 for node in nodes]
    assert scores == sorted(scores, reverse=True)
    assert {"bridge.txt", "copy.txt"} & {nodes[0].metadata["source"]}


def test_what_is_embedded_and_what_a_model_reads(pipeline: Pipeline) -> None:
    (node,) = IsnadRetriever(pipeline, top_k=1).retrieve("متى بدأ حصاد القمح؟")
    for mode in (MetadataMode.EMBED, MetadataMode.LLM):
        content = node.get_content(mode)
        assert "موسم القمح يبدأ باكرا" in content
        assert "harvest.txt" not in content
        assert "start" not in content


def test_inside_an_event_loop(pipeline: Pipeline) -> None:
    retriever = IsnadRetriever(pipeline, top_k=1)
    (node,) = asyncio.run(retriever.aretrieve("متى بدأ حصاد القمح؟"))
    assert node.metadata["source"] == "harvest.txt"


def test_a_query_engine_answers_with_the_model_it_is_given(pipeline: Pipeline) -> None:
    response = build_query_engine(pipeline, MockLLM(), top_k=1).query("متى بدأ حصاد القمح؟")
    assert "حصاد القمح في السهول" in str(response)  # the mock says its prompt
    assert [node.metadata["source"] for node in response.source_nodes] == ["harvest.txt"]


def test_openai_is_never_reached_for(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-key-of-another-program")
    missing: Any = None
    with pytest.raises(ValueError, match="llm"):
        build_query_engine(pipeline, missing)
    build_query_engine(pipeline, MockLLM()).query("متى بدأ حصاد القمح؟")
    assert LlamaSettings._llm is None
    assert LlamaSettings._embed_model is None


def test_a_question_without_words(pipeline: Pipeline) -> None:
    assert IsnadRetriever(pipeline).retrieve("؟") == []
