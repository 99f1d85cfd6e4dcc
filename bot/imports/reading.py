"""Opens a file of the past: is it text, is it JSON lines or CSV, and what do its lines say?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from bot.imports.csv_rows import read_csv
from bot.imports.json_lines import read_json
from bot.imports.lines import Read
from bot.imports.mapping import Mapping
from bot.imports.values import Moments

HEAD_BYTES: Final = 65_536
TABLES: Final = frozenset({".csv", ".tsv"})


class FileProblem(Exception):
    """The file as a whole cannot be read. One sentence that says what to do."""


class Source(NamedTuple):
    path: Path
    mapping: Mapping | None  # of a CSV file
    moments: Moments  # as they are written in it


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise FileProblem(f"{path} cannot be read ({error.strerror}): name another file.") from None
    with file:
        yield file


def read_file(source: Source, file: BinaryIO) -> Iterator[Read]:
    """What each line says, in order. Raises FileProblem and MappingProblem before the first one."""
    path, mapping, moments = source
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if not head.strip():
        raise FileProblem(f"{path} is empty.")
    if b"\0" in head.lstrip().split(b"\n", 1)[0]:  # in a line further down it is that line which is wrong
        raise FileProblem(f"{path} is not text in UTF-8: save it as UTF-8, as JSON lines or as CSV.")
    if mapping is not None:
        return _read_csv(file, mapping, moments)
    if path.suffix.casefold() in TABLES:
        first = head.splitlines()[0].decode("utf-8", "replace").lstrip("\ufeff")[:200]
        raise FileProblem(
            f"Say which column of {path} is what, with --mapping FILE or "
            f"--map person=… --map channel=… --map start=… --map end=…: it begins with {first}"
        )
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        raise FileProblem(f"{path} is one JSON list: write one object a line, as docs/imports.md shows.")
    return read_json(file)


def _read_csv(file: BinaryIO, mapping: Mapping, moments: Moments) -> Iterator[Read]:
    text = TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    yield from read_csv(text, mapping, moments)
    text.detach()  # or it would close the file
