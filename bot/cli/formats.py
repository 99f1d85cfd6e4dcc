"""In which forms a report can be had on the command line."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"


class FormatWithoutTable(StrEnum):
    """Of what no table is made to be handed on."""

    TEXT = Format.TEXT.value
    JSON = Format.JSON.value


_OPTION = typer.Option("--format", help="For people or for programs.")
FormatOption = Annotated[Format, _OPTION]
FormatWithoutTableOption = Annotated[FormatWithoutTable, _OPTION]
