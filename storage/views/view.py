"""One view: what it is of, its columns, and the query in both databases' words."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

# DAY(first_day) and MOMENT(computed_at_ms) stand for what each database calls a date and a moment.
WORDS = {
    "sqlite": (
        r"date(\1 * 86400, 'unixepoch')",
        r"strftime('%Y-%m-%dT%H:%M:%SZ', \1 / 1000, 'unixepoch')",
    ),
    "postgresql": (r"(DATE '1970-01-01' + \1)", r"to_timestamp(\1 / 1000.0)"),
}


@dataclass(frozen=True, slots=True)
class View:
    name: str
    about: str  # what one row is of
    columns: dict[str, str]  # in the query's order: what each means
    query: str

    def create(self, dialect: str) -> str:
        day, moment = WORDS[dialect]
        query = re.sub(r"DAY\(([\w.]+)\)", day, self.query)
        query = re.sub(r"MOMENT\(([\w.]+)\)", moment, query)
        return f"CREATE VIEW {self.name} AS {' '.join(query.split())}"

    def fingerprint(self, dialect: str) -> str:
        return hashlib.blake2b(self.create(dialect).encode(), digest_size=6).hexdigest()
