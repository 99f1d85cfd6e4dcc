"""What the bot asked of the REST side: kept in memory, and in a file where one is wished for."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.attachments import UploadedFile


@dataclass
class RecordedRequest:
    """`body` is the decoded JSON (multipart: of payload_json); `status` is None until it was answered."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    uploads: list[UploadedFile] = field(default_factory=list)
    status: int | None = None

    @property
    def files(self) -> list[tuple[str, str, bytes]]:
        return [(upload.field, upload.filename, upload.content) for upload in self.uploads]

    def line(self) -> str:
        """One line of JSON: method, path, body and the number of files."""
        return json.dumps(
            {"method": self.method, "path": self.path, "body": self.body, "files": len(self.uploads)},
            ensure_ascii=True,
        )


class RequestRecord:
    """Requests in the order of their arrival; with a folder, also appended to a file of their own there."""

    def __init__(self, folder: str | None) -> None:
        self.requests: list[RecordedRequest] = []
        self._path = Path(folder) / f"{uuid.uuid4().hex}.jsonl" if folder else None

    def add(self, request: RecordedRequest) -> None:
        self.requests.append(request)
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as lines:
                lines.write(request.line() + "\n")
