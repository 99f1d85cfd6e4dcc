"""docs/operations.md names what lies in the data folder: whoever backs it up must know each file."""

from __future__ import annotations

import re
from pathlib import Path

from bot.paths import DataPaths

DOCS = Path(__file__).parents[2] / "docs" / "operations.md"


def test_every_file_of_the_data_folder_is_named():
    text = DOCS.read_text(encoding="utf-8")
    section = text.partition("## What lies in `data/`")[2].partition("\n## ")[0]
    first_cells = re.findall(r"^\|([^|]+)\|", section, re.MULTILINE)
    named = {name for cell in first_cells for name in re.findall(r"`([^`]+)`", cell)}
    paths = DataPaths(Path())
    properties = [name for name, kind in vars(DataPaths).items() if isinstance(kind, property)]
    files = [getattr(paths, name) for name in properties] + [paths.journal_of("NAME")]
    assert {file.name for file in files} <= named
