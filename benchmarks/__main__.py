"""`python -m benchmarks [--quick]`: measures everything, prints a table, and writes benchmarks/results.json.

The quick form only shows that everything runs. It writes nothing.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from rich.console import Console

from benchmarks.measuring import measure
from benchmarks.results import as_json, as_table
from benchmarks.scale import FULL, QUICK
from bot.cli.progress import progress_bar

RESULTS = Path(__file__).with_name("results.json")


def main() -> None:
    quick = "--quick" in sys.argv[1:]
    results = asyncio.run(measure(QUICK if quick else FULL, progress_bar))
    if not quick:
        RESULTS.write_bytes(as_json(results))
    Console().print(as_table(results))


if __name__ == "__main__":
    main()
