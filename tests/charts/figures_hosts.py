"""Hosts with ordinary and with extreme data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.figures import HostBar, HostsFigure

from .figures_texts import FORTY, LONG_TEXTS, ODD, ODD_TEXTS, ONLY_EMOJI, WIDE

CLUB = (
    HostBar(3, "Mira", 0.41, 9, leads=True),
    HostBar(8, "Tobias", 0.3, 7, leads=True),
    HostBar(21, "Jun", 0.12, 4, leads=False),
    HostBar(5, "Alba", 0.1, 3, leads=False),
    HostBar(None, "3 others", 0.07, 4, leads=False),
)


def hosts(bars: Sequence[HostBar] = CLUB, **texts: str) -> HostsFigure:
    figure = HostsFigure(
        headline="Two hosts carry 71 % of the event hours",
        subtitle="Attendee-hours per host, 20 Oct – 16 Nov 2025",
        footer="Like 3.5 equal hosts, was 4.6 · co-hosts share hours · recorded 97 %",
        alt_text="",
        bars=tuple(bars),
    )
    return replace(figure, **texts)  # type: ignore[arg-type]  # mypy cannot see which fields the names mean


def _hosts() -> dict[str, HostsFigure]:
    return {
        "ordinary": hosts(),
        "one host": hosts([HostBar(3, "Mira", 1.0, 1, leads=True)]),
        "two hosts": hosts(CLUB[:2]),
        "forty hosts": hosts([HostBar(n, f"Host {n}", 0.025, 1, leads=False) for n in range(40)]),
        "nothing": hosts([]),
        "nobody came": hosts([replace(bar, share=0.0, events=0) for bar in CLUB]),
        "a crumb": hosts([replace(CLUB[0], share=0.9996), replace(CLUB[2], share=0.0004)]),
        "100,000 events": hosts([replace(CLUB[0], share=0.9951, events=100_000), *CLUB[2:]]),
        "long texts": hosts(
            [replace(CLUB[0], name=name, events=99_999) for name in (FORTY, WIDE)], **LONG_TEXTS
        ),
        "odd texts": hosts(
            [replace(CLUB[0], name=name) for name in (ODD, "", ONLY_EMOJI, "$x$", "\ud800", "\u202eevil")],
            **ODD_TEXTS,
        ),
    }


HOSTS = _hosts()
