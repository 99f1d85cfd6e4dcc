"""The oracle shares no code with what it judges."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
INDEPENDENT = sorted([*HERE.glob("oracle/*.py"), HERE / "truth.py", HERE / "world.py", HERE / "discord.py"])
PRODUCT = {"bot", "charts", "reports", "storage", "sandbox", "insights_extension"}


@pytest.mark.parametrize("path", INDEPENDENT, ids=lambda path: path.name)
def test_it_imports_nothing_of_the_product(path: Path) -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            imported.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.ImportFrom):
            near = {"truth", "discord", "findings", "rows", "spans", "traces"}
            own = {path.stem for path in HERE.glob("oracle/*.py")}
            assert (node.module or "") in near | {""} | own, f"{path.name} leans on {node.module}"
    assert not imported & PRODUCT
