"""The results for people, and for results.json."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Sequence
from statistics import median

import msgspec
from rich.console import JustifyMethod
from rich.table import Table

from benchmarks.contest import Result

SAID = {True: "yes", False: "[bold red]no[/]", None: ""}


def as_json(results: Sequence[Result], before: bytes | None = None) -> bytes:
    """Per row medians, as `spread` the least and the greatest of the rounds, and the machine's load before.

    `before`: the results of which those that were not measured again stay.
    """
    measured = {result.benchmark.name: row(result) for result in results}
    rows = [measured.pop(old["name"], old) for old in msgspec.json.decode(before)["rows"]] if before else []
    content = {"machine": machine(), "rows": [*rows, *measured.values()]}
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def machine() -> dict[str, object]:
    return {
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }


def row(result: Result) -> dict[str, object]:
    benchmark = result.benchmark
    return {
        "name": benchmark.name,
        "ours": _rounded(median(result.ours)) if result.ours else None,
        "limit": _rounded(median(result.limits)) if result.limits else None,
        "unit": benchmark.unit,
        "against": benchmark.against,
        "ratio": _rounded(median(result.ratios)) if result.ratios else None,
        "bound": None if benchmark.bound is None else str(benchmark.bound),
        "holds": result.holds,
        "spread": [_rounded(end) for end in result.spread],
        "rounds": len(result.ours),
        "load_before": _rounded(result.load),
        "not_measured": result.not_measured,
    }


def as_table(results: Sequence[Result]) -> Table:
    table = Table(
        box=None,
        pad_edge=False,
        collapse_padding=True,
        caption="Medians; the spread is of the ratios, or of ours.",
    )
    table.add_column("", overflow="fold")
    for heading in ("ours", "limit", "unit", "ratio", "spread", "bound", "holds"):
        justify: JustifyMethod = "left" if heading in ("unit", "holds") else "right"
        table.add_column(heading, justify=justify, no_wrap=True)
    for result in results:
        values = row(result)
        table.add_row(
            str(values["name"]),
            _number(values["ours"]),
            _number(values["limit"]),
            str(values["unit"]),
            _number(values["ratio"]),
            "–".join(_number(_rounded(end)) for end in result.spread),
            str(values["bound"] or ""),
            SAID[result.holds] if result.not_measured is None else "not measured",
        )
    return table


def _rounded(value: float) -> float:
    """Three digits, which is more than the spread allows to trust."""
    return float(f"{value:.3g}")


def _number(value: object) -> str:
    return f"{value:,g}" if isinstance(value, float) else ""
