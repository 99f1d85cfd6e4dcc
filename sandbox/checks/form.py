"""Collects what is wrong with a body, as the tree of errors in which Discord answers.

Source: Reference, "Error Messages". The codes are those that Discord answers with.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sandbox.refusals import Refusal, Refused

Path = tuple[str | int, ...]
SNOWFLAKE = re.compile(r"\d{1,20}")


class Form:
    def __init__(self) -> None:
        self._tree: dict[str, Any] = {}

    def wrong(self, path: Path, code: str, message: str) -> None:
        node = self._tree
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    @property
    def is_wrong(self) -> bool:
        return bool(self._tree)

    def refuse_if_wrong(self) -> None:
        if self._tree:
            raise Refused(Refusal.INVALID_FORM_BODY, self._tree)

    # ---- single values; an absent or null one is right wherever it is not required
    def required(self, path: Path, value: object) -> bool:
        if value is None:
            self.wrong(path, "BASE_TYPE_REQUIRED", "This field is required")
        return value is not None

    def text(self, path: Path, value: object, *, longest: int, shortest: int = 0) -> None:
        if value is None:
            return
        if not isinstance(value, str):
            self.wrong(path, "STRING_TYPE_CONVERT", "Could not interpret as string.")
        elif len(value) > longest:
            code, message = "BASE_TYPE_MAX_LENGTH", f"Must be {longest} or fewer in length."
            self.wrong(path, code, message)
        elif len(value) < shortest:
            self.wrong(path, "BASE_TYPE_MIN_LENGTH", f"Must be {shortest} or more in length.")

    def number(self, path: Path, value: object, *, least: int, most: int) -> None:
        if value is None:
            return
        if not isinstance(value, int) or isinstance(value, bool):
            self.wrong(path, "NUMBER_TYPE_COERCE", "Value is not int.")
        elif value < least:
            self.wrong(path, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}.")
        elif value > most:
            self.wrong(path, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")

    def choice(self, path: Path, value: object, allowed: Collection[object]) -> None:
        if value is not None and value not in allowed:
            shown = ", ".join(str(one) for one in sorted(allowed, key=str))
            self.wrong(path, "BASE_TYPE_CHOICES", f"Value must be one of {{{shown}}}.")

    def items(self, path: Path, value: object, *, most: int, least: int = 0) -> list[Any]:
        """The list itself where it is one, else an empty one with the error noted."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if not least <= len(value) <= most:
            self.wrong(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        return value

    def mapping(self, path: Path, value: object) -> dict[str, Any]:
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        self.wrong(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return {}

    def snowflake(self, path: Path, value: object) -> None:
        if value is not None and not SNOWFLAKE.fullmatch(str(value)):
            self.wrong(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')

    def moment(self, path: Path, value: object) -> datetime | None:
        """The moment that an ISO 8601 text names; without an offset it is UTC."""
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.wrong(path, "DATE_TIME_TYPE_PARSE", f"Could not parse {value}. Should be ISO8601.")
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def url(self, path: Path, value: object, schemes: Collection[str]) -> None:
        self.text(path, value, longest=2048)
        if isinstance(value, str) and value.partition("://")[0] not in schemes:
            shown = ", ".join(sorted(schemes))
            message = (
                f'Scheme "{value.partition("://")[0]}" is not supported. Scheme must be one of ({shown}).'
            )
            self.wrong(path, "URL_TYPE_INVALID_SCHEME", message)
