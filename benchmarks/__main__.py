"""`python -m benchmarks`: measures everything, prints a table, and writes benchmarks/results.json."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rich.console import Console

from benchmarks.measuring import measure
from benchmarks.results import as_json, as_table
from bot.cli.progress import progress_bar

RESULTS = Path(__file__).with_name("results.json")
DAYS, ROUNDS = 182, 7  # half a minute for the material, a minute for the rounds


def main() -> None:
    results = asyncio.run(measure(DAYS, ROUNDS, progress_bar))
    RESULTS.write_bytes(as_json(results))
    Console().print(as_table(results))


if __name__ == "__main__":
    main()
