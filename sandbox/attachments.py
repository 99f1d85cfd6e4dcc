"""Uploaded files, byte for byte, under the address that their message names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.moments import Snowflakes


@dataclass(frozen=True)
class UploadedFile:
    field: str
    filename: str
    content: bytes
    content_type: str


class Attachments:
    """`base_url` is set once the server's port is known."""

    def __init__(self, snowflakes: Snowflakes) -> None:
        self.base_url = ""
        self._snowflakes = snowflakes
        self._files: dict[int, UploadedFile] = {}

    def keep(self, channel_id: int, file: UploadedFile, described: Mapping[str, Any]) -> dict[str, Any]:
        """Store one file and give its attachment object; `described` is its entry in `attachments`."""
        attachment_id = self._snowflakes.next()
        self._files[attachment_id] = file
        url = f"{self.base_url}/attachments/{channel_id}/{attachment_id}/{file.filename}"
        return {
            "id": str(attachment_id),
            "filename": file.filename,
            "size": len(file.content),
            "url": url,
            "proxy_url": url,
            "content_type": file.content_type,
            **{key: described[key] for key in ("description", "title") if described.get(key)},
        }

    def content(self, attachment_id: int) -> tuple[bytes, str]:
        """Bytes and content type; KeyError for an id that was never given out."""
        file = self._files[attachment_id]
        return file.content, file.content_type


def described_for(file: UploadedFile, entries: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The `attachments` entry that belongs to `files[n]`. Source: Reference, "Uploading Files"."""
    number = file.field.removeprefix("files[").removesuffix("]")
    return next((entry for entry in entries if str(entry.get("id")) == number), {})
