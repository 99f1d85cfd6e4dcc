"""Looks for somebody's id in files, in every way in which a number is written there."""

from __future__ import annotations

from pathlib import Path

from .findings import Findings

PRIVATE = b"private"  # names, texts and everything else that nobody may keep is called so in this world


def look_for_traces(person: int, paths: list[Path], findings: Findings) -> None:
    spelt = (person.to_bytes(8, "big"), person.to_bytes(8, "little"), str(person).encode())
    for path in paths:
        content = path.read_bytes() if path.exists() else b""
        findings.expect(
            not any(spelling in content for spelling in spelt),
            "a withdrawn person is in no file",
            lambda path=path: f"{person} stands in {path.name}",
        )
        findings.expect(PRIVATE not in content, "nothing private is kept", lambda path=path: path.name)
