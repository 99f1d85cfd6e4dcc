"""Whom a report on the terminal is cut to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from reports import wording
from reports.asked import NamedReport
from reports.cuts import BY_EVENT, BY_PEOPLE, EXPORTED, Cut, NoSuchPart

SegmentOption = Annotated[
    str | None,
    typer.Option(
        "--segment", help="Only who was in it when the day before the period ended: core, regular …"
    ),
]
TierOption = Annotated[
    str | None, typer.Option("--tier", help="Only who was in it when the period ended: captain, member …")
]
PlatformOption = Annotated[
    str | None, typer.Option("--platform", help="Only who has a linked account on it; discord: on none.")
]
JoinedOption = Annotated[
    str | None, typer.Option("--joined", help="Only who first joined in a month or week: 2026-05, 2026-W20.")
]
EventTypeOption = Annotated[
    str | None, typer.Option("--event-type", help="Only events of a type that config.toml names.")
]


def option_of(dimension: str) -> str:
    return f"--{dimension.replace('_', '-')}"


def refused_options(report: NamedReport) -> dict[str, object]:
    """By dimension: not in the help of a report that takes none of it, and yet refused in a sentence."""
    return {
        dimension: Annotated[str | None, typer.Option(option_of(dimension), hidden=True)]
        for dimension in (*BY_PEOPLE, *BY_EVENT)
        if dimension not in report.cuts
    }


def chosen_cut(report: NamedReport, cut: Cut, *, is_export: bool) -> Cut:
    """Refuses what the report cannot be cut by, and what of it is not handed on."""
    for dimension in cut.parts:
        if dimension not in report.cuts:
            raise typer.BadParameter(
                f"the report {report.name} {_possible(report)}", param_hint=option_of(dimension)
            )
        if is_export and dimension not in EXPORTED:
            allowed = wording.listing([option_of(one) for one in EXPORTED if one in report.cuts])
            raise typer.BadParameter(
                f"a table is made to be handed on: of cuts it has {allowed} only; text and json have all",
                param_hint=option_of(dimension),
            )
    if is_export and len(cut.parts) > 1:
        raise typer.BadParameter(
            "a table is made to be handed on: it is cut one way at a time; text and json take several",
            param_hint=option_of(list(cut.parts)[1]),
        )
    return cut


def _possible(report: NamedReport) -> str:
    if not report.cuts:
        return "is of everybody: it cannot be cut"
    return f"can be cut by {wording.listing([option_of(dimension) for dimension in report.cuts])} only"


@contextmanager
def refused_parts() -> Iterator[None]:
    """What names nothing that there is was typed wrongly."""
    try:
        yield
    except NoSuchPart as wrong:
        raise typer.BadParameter(str(wrong), param_hint=option_of(wrong.dimension)) from None
