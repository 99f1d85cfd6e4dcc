"""A request's body: JSON, or multipart with its files byte for byte.

Source: Reference, "Uploading Files" and "HTTP API".
"""

from __future__ import annotations

import json
from typing import Any

from aiohttp import BodyPartReader, web

from sandbox.attachments import UploadedFile
from sandbox.refusals import Refusal, Refused

UNNAMED = "application/octet-stream"


async def decoded(request: web.Request) -> tuple[Any, list[UploadedFile]]:
    if request.content_type == "multipart/form-data":
        return await _multipart(request)
    if not request.can_read_body:
        return None, []
    return _parsed(await request.text()), []


async def _multipart(request: web.Request) -> tuple[Any, list[UploadedFile]]:
    body: Any = None
    files: list[UploadedFile] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        content = bytes(await part.read())
        if part.name == "payload_json":
            body = _parsed(content.decode())
        elif part.filename is not None:
            content_type = part.headers.get("Content-Type", UNNAMED)
            files.append(UploadedFile(part.name or "", part.filename, content, content_type))
    return body, files


def _parsed(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        raise Refused(Refusal.INVALID_JSON) from None
