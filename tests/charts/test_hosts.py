from __future__ import annotations

import pytest

from charts.hosts import hosts_canvas
from charts.theme import Colour
from reports.figures import HostsFigure

from .looking import filled, words


def test_bars_are_as_long_as_their_shares(hosts: dict[str, HostsFigure]) -> None:
    bars = filled(hosts_canvas(hosts["ordinary"]), Colour.BETTER, Colour.NEUTRAL)
    shares = [bar.get_width() / bars[0].get_width() for bar in bars]
    assert shares == pytest.approx([share / 41 for share in (41, 30, 12, 10, 7)])


def test_only_the_leading_hosts_are_blue(hosts: dict[str, HostsFigure]) -> None:
    canvas = hosts_canvas(hosts["ordinary"])
    assert (len(filled(canvas, Colour.BETTER)), len(filled(canvas, Colour.NEUTRAL))) == (2, 3)


def test_a_host_has_a_name_a_share_and_events(hosts: dict[str, HostsFigure]) -> None:
    said = words(hosts_canvas(hosts["ordinary"]))
    assert said[3:6] == ["Mira", "41\u00a0%", "9 events"]
    assert "1 event" in words(hosts_canvas(hosts["one host"]))


def test_a_name_without_a_letter_that_can_be_drawn_is_unknown(hosts: dict[str, HostsFigure]) -> None:
    said = words(hosts_canvas(hosts["odd texts"]))
    assert said.count("unknown") == 3
    assert {"$x$", "evil"} <= set(said)
