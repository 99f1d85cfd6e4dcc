"""The file that takes the number and reason of every refused line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.cli.refusals import CannotDo

REFUSED_LINE: Final = "line "  # as each begins


class RefusedLines:
    """Whole once it is closed: before anything of an import is entered."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._telling():
            self._file = path.open("w", encoding="utf-8")

    def add(self, line: str) -> None:
        with self._telling():
            self._file.write(line + "\n")

    def close(self) -> None:
        with self._telling():
            self._file.close()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CannotDo(
                f"{self._path} cannot be written ({error.strerror}), and nothing was entered: name another "
                "--refused."
            ) from None


def check_place(refused: Path, *others: Path | None) -> None:
    """Raises CannotDo where the list would overwrite what is no such list."""
    if any(_is_same(refused, other) for other in others):
        raise CannotDo(f"{refused} is read by this import, and would be overwritten: name another --refused.")
    if _holds_something_else(refused):
        raise CannotDo(
            f"{refused} is no list of refused lines, and would be overwritten: name another --refused."
        )


def _is_same(path: Path, other: Path | None) -> bool:
    try:
        return other is not None and path.samefile(other)
    except OSError:  # one of them does not exist
        return False


def _holds_something_else(path: Path) -> bool:
    """Than what an import before this one wrote there."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(REFUSED_LINE)) not in {b"", REFUSED_LINE.encode()}
    except OSError:
        return False  # writing it says why it cannot be used
