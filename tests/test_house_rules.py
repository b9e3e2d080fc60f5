"""What CONTRIBUTING asks of every module, where the linter has no rule for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
MODULES = sorted(path for package in ("rag", "bot", "evals") for path in (REPOSITORY / package).rglob("*.py"))
MAX_LINES, MAX_FUNCTION = 300, 40


def handlers_of_everything(tree: ast.AST) -> Iterator[ast.ExceptHandler]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(kind is None or ast.unparse(kind) in {"Exception", "BaseException"} for kind in caught):
                yield node


def raises_again(handler: ast.ExceptHandler) -> bool:
    """Whether it ends by raising what it caught, or an error made of it."""
    return isinstance(handler.body[-1], ast.Raise)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_a_module_keeps_the_house_rules(module: Path) -> None:
    text = module.read_text("utf-8")
    lines, tree = text.splitlines(), ast.parse(text)
    assert len(lines) < MAX_LINES
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION] == []
    for handler in handlers_of_everything(tree):
        comment = lines[handler.lineno - 1].partition("# ")[2].removeprefix("noqa: BLE001").strip()
        assert raises_again(handler) or comment, f"line {handler.lineno} does not say why it catches everything"
