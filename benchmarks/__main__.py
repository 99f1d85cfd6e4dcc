"""`python -m benchmarks [--quick] [NAME …]`: measures, prints a table, and writes benchmarks/results.json.

With names only the rows that begin so are measured, and replaced. The quick form only shows that everything
runs, and writes nothing.
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
    names = [argument for argument in sys.argv[1:] if argument != "--quick"]
    quick = len(names) < len(sys.argv[1:])
    results = asyncio.run(measure(QUICK if quick else FULL, progress_bar, names))
    if not quick:
        RESULTS.write_bytes(as_json(results, before=RESULTS.read_bytes() if names else None))
    Console().print(as_table(results))


if __name__ == "__main__":
    main()
