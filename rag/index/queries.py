"""What a question asks of the store, by chunk ids, article ids or sources."""

from __future__ import annotations

import sqlalchemy as sa

from rag.index.tables import articles, chunks

PLACES = (
    sa.select(
        chunks.c.chunk_id,
        chunks.c.article_id,
        articles.c.article_key,
        articles.c.source,
        articles.c.date,
        chunks.c.start,
        chunks.c.end,
    )
    .join(articles, articles.c.article_id == chunks.c.article_id)
    .where(chunks.c.chunk_id.in_(sa.bindparam("ids", expanding=True)))
)
TEXTS = sa.select(articles.c.article_id, articles.c.title, articles.c.outlet, articles.c.text).where(
    articles.c.article_id.in_(sa.bindparam("ids", expanding=True))
)
ARTICLES = sa.select(articles).where(articles.c.source.in_(sa.bindparam("sources", expanding=True)))
