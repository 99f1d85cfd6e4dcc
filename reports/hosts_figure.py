"""Who carries the events, as a figure. It names people by number: for staff only."""

from __future__ import annotations

from reports import wording
from reports.figures import HostBar, HostsFigure
from reports.hosts import Host, HostLoad
from reports.periods import date_of, describe_days

MOST_BARS = 6
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six")


def hosts_figure(
    now: HostLoad, then: HostLoad | None, days: tuple[int, int], recorded: float
) -> HostsFigure | None:
    """`days`: the first and the last local day of what is counted. None where nobody hosted anything."""
    if not now.hours:
        return None
    span = describe_days(date_of(days[0]), date_of(days[1]), year=True)
    return HostsFigure(
        headline=_headline(now),
        subtitle=f"Attendee-hours per host, {span}",
        footer=_footer(now, then, recorded),
        alt_text=_alt_text(now, span),
        bars=_bars(now),
    )


def _bars(load: HostLoad) -> tuple[HostBar, ...]:
    hosts = load.carrying
    single = hosts if len(hosts) <= MOST_BARS else hosts[: MOST_BARS - 1]
    bars = [_bar(host, load) for host in single]
    others = hosts[len(single) :]
    if others:
        name = f"{len(others)} others"
        events = sum(host.events for host in others)
        bars.append(HostBar(None, name, load.share(others), events, leads=False))
    return tuple(bars)


def _bar(host: Host, load: HostLoad) -> HostBar:
    return HostBar(host.member_no, "", load.share([host]), host.events, leads=host in load.leading)


def _headline(load: HostLoad) -> str:
    leading = len(load.leading)
    number = NUMBERS[leading] if leading < len(NUMBERS) else wording.whole(leading)
    hosts = "host carries" if leading == 1 else "hosts carry"
    return f"{number} {hosts} {wording.percent(load.share(load.leading))} of the event hours"


def leading_sentence(now: HostLoad, then: HostLoad | None, span: str = "of 4 weeks") -> str:
    """“Two hosts carried 78 % of the event hours of 4 weeks; in the 4 before the busiest two …”

    `span`: what there is of them, where recording began within.
    """
    leading = len(now.leading)
    number = NUMBERS[leading] if leading < len(NUMBERS) else wording.whole(leading)
    hosts = "host" if leading == 1 else "hosts"
    said = f"{number} {hosts} carried {wording.percent(now.share(now.leading))} of the event hours {span}"
    if not then or not then.hours:
        return f"{said}."
    before = wording.percent(then.share(then.hosts[:leading]))
    return f"{said}; in the 4 before the busiest {number.lower()} carried {before}."


def _footer(now: HostLoad, then: HostLoad | None, recorded: float) -> str:
    assert now.effective_number is not None
    like = f"Like {wording.decimal(now.effective_number, 1)} equal hosts"
    if then and then.effective_number is not None:
        like += f", was {wording.decimal(then.effective_number, 1)}"
    return f"{like} · co-hosts share hours · recorded {wording.percent(recorded)}"


def _alt_text(load: HostLoad, span: str) -> str:
    shares = ", ".join(wording.percent(load.share([host])) for host in load.carrying[:MOST_BARS])
    return (
        f"Bars, attendee-hours per host, {span}: {wording.count(len(load.carrying), 'host', 'hosts')}, "
        f"largest shares {shares}. {_headline(load)}."
    )
