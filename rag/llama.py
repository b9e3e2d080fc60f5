"""The same index for llama-index programs: a retriever, and a query engine that is given its model.

llama-index is imported at the top: who imports this module wants it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.llms import LLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from rag.pipeline import Pipeline
from rag.schema import Passage

if TYPE_CHECKING:
    from llama_index.core.callbacks import CallbackManager

PLACE = ["source", "start", "end"]
"""Metadata that says where a passage stands: neither embedded nor shown to a model."""
ABOUT = ["outlet", "date"]
"""Metadata that a model may read, but that is not embedded: the headline alone is searched with a passage."""


class IsnadRetriever(BaseRetriever):
    """Isnad's ranked passages as llama-index nodes.

    The node's id is the passage's `chunk_id`: equal content keeps it over re-indexing. Passages of
    equal content in several articles are one node, that of the article ranked first.

        with Pipeline(load_settings()) as pipeline:
            nodes = IsnadRetriever(pipeline, top_k=5).retrieve("متى وقع الزلزال؟")
    """

    def __init__(self, pipeline: Pipeline, *, top_k: int = 10, callback_manager: CallbackManager | None = None) -> None:
        super().__init__(callback_manager=callback_manager)
        self._pipeline = pipeline
        self._top_k = top_k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        passages = self._pipeline.search(query_bundle.query_str, self._top_k)
        first = {passage.chunk_id: passage for passage in reversed(passages)}
        ranked = sorted(first.values(), key=lambda passage: passage.rank)
        return [NodeWithScore(node=node_of(passage), score=passage.score) for passage in ranked]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def build_query_engine(pipeline: Pipeline, llm: LLM, *, top_k: int = 10) -> RetrieverQueryEngine:
    """A query engine that answers with `llm`, and with nothing else.

    Raises:
        ValueError: no `llm` is given; llama-index itself would take OpenAI and any key it finds.
    """
    if not isinstance(llm, LLM):
        raise ValueError("Give the query engine its llm: without one llama-index would ask OpenAI.")  # noqa: TRY004 - no type error to callers
    return RetrieverQueryEngine.from_args(IsnadRetriever(pipeline, top_k=top_k), llm=llm)


def node_of(passage: Passage) -> TextNode:
    """The passage as a node; its place in the file stands in the metadata and in the node's own offsets."""
    known = {"title": passage.title, "outlet": passage.outlet, "date": passage.date, "source": passage.source}
    metadata = {name: value for name, value in known.items() if value}
    return TextNode(
        id_=passage.chunk_id,
        text=passage.text,
        metadata=metadata | {"start": passage.start, "end": passage.end},
        excluded_embed_metadata_keys=PLACE + ABOUT,
        excluded_llm_metadata_keys=PLACE,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=passage.source)},
    )
