"""Whoever counts a second time shares no code with what is counted the first time."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

RECOUNT = Path(__file__).parent / "recount"


@pytest.mark.parametrize("path", sorted(RECOUNT.glob("*.py")), ids=lambda path: path.name)
def test_it_imports_nothing_but_python_itself(path: Path) -> None:
    own = {module.stem for module in RECOUNT.glob("*.py")}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name.partition(".")[0] for alias in node.names]
            assert set(names) <= sys.stdlib_module_names, f"{path.name} imports {names}"
        elif isinstance(node, ast.ImportFrom) and node.level:
            assert node.level == 1 and node.module in own, f"{path.name} leans on {node.module}"
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").partition(".")[0] in sys.stdlib_module_names, path.name
