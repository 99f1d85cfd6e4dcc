"""Standard output may lie on a full disk, or lead to a program that has ended: that is no fault of ours."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class NotPrinted(Exception):
    """What a verb prints cannot be written. The message is one sentence, or empty where nobody reads on."""


class Output(io.FileIO):
    """Tells its own errors from those of other files, once: what is still in a buffer then is lost."""

    def __init__(self, number: int) -> None:
        super().__init__(number, "w", closefd=False)
        self._is_lost = False

    def write(self, data: ReadableBuffer, /) -> int:
        if self._is_lost:
            return memoryview(data).nbytes
        try:
            return super().write(data)
        except OSError as error:
            self._is_lost = True
            raise NotPrinted(_sentence(error)) from error


def _sentence(error: OSError) -> str:
    if error.errno == errno.EPIPE:  # as of `| head`
        return ""
    reason = os.strerror(error.errno or errno.EIO)
    return (
        f"What this prints cannot be written ({reason}): let it print elsewhere. What it did until then "
        "stays done."
    )


def tell_output_errors() -> None:
    """For everything that this process prints from now on."""
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        sys.stdout = io.TextIOWrapper(
            io.BufferedWriter(Output(stream.fileno())),
            encoding=stream.encoding,
            errors=stream.errors,
            line_buffering=stream.line_buffering,
            write_through=stream.write_through,
        )
