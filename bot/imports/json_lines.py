"""JSON lines: one object a line, each read for itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from bot.imports.lines import AnyLine, Read, Refused

LONGEST_LINE = 1_000_000  # an event with 40,000 answers
TOO_LONG = f"longer than {LONGEST_LINE:,} bytes"

_decoder: msgspec.json.Decoder[AnyLine] = msgspec.json.Decoder(AnyLine)


def read_json(file: BinaryIO) -> Iterator[Read]:
    """Every line that is not blank. Holds one line at a time."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            _skip_line(file)
            yield Read(number, Refused(TOO_LONG))
        elif line.strip():
            yield Read(number, _read(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line))


def _read(line: bytes) -> AnyLine | Refused:
    try:
        return _decoder.decode(line)
    except UnicodeDecodeError:
        return Refused("not UTF-8")
    except msgspec.ValidationError as error:
        return Refused(_told(str(error)))
    except (msgspec.DecodeError, RecursionError):  # also of objects that lie too deep in each other
        return Refused("not a JSON object")


def _told(message: str) -> str:
    """“at: expected `str`, got `null`”: the field first, as in every other reason."""
    says, _, place = message.partition(" - at `$")
    if says.startswith("Invalid value") and place.startswith(".kind"):
        return "kind: there is no such kind"
    field = place.rstrip("`").lstrip(".")
    says = says[:1].lower() + says[1:]
    return f"{field}: {says}" if field else says


def _skip_line(file: BinaryIO) -> None:
    while rest := file.readline(LONGEST_LINE):
        if rest.endswith(b"\n"):
            return
