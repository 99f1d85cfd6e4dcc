from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reports import wording

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.314, "31 %"),
        (0.005, "0.5 %"),
        (0.00001, "0.1 %"),
        (0.01, "1 %"),
        (0.99, "99 %"),
        (0.996, "99.6 %"),
        (0.99999, "99.9 %"),
    ],
)
def test_percentages_are_whole_but_near_the_ends(share: float, text: str) -> None:
    assert wording.percent(share) == text.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.5, "50 %"),
        (0.796, "79.6 %"),
        (0.79999, "79.999 %"),
        (0.8, "80 %"),
        (0.804, "80.4 %"),
        (0.81, "81 %"),
    ],
)
def test_a_share_that_is_not_its_bound_is_not_written_as_it(share: float, text: str) -> None:
    assert wording.percent_beside(share, 0.8) == text.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("number", "text"), [(9, "+9"), (-1234, "−1,234"), (0, "0"), (0.2, "0"), (-0.4, "0"), (0.5, "+1")]
)
def test_signs_are_plus_and_the_true_minus(number: float, text: str) -> None:
    assert wording.signed(number) == text


@pytest.mark.parametrize(
    ("change", "text"), [(0.04, "+4 points"), (-0.01, "−1 point"), (0, "0 points"), (0.011, "+1 point")]
)
def test_changes_of_rates_are_in_points(change: float, text: str) -> None:
    assert wording.points(change).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "0 min"),
        (42.4, "42 min"),
        (119.4, "119 min"),
        (119.6, "2 h"),
        (130, "2 h 10 min"),
        (6000, "100 h"),
    ],
)
def test_minutes_below_two_hours_then_hours(minutes: float, text: str) -> None:
    assert wording.minutes(minutes).replace("\u00a0", " ") == text


def test_thousands_have_commas_and_halves_go_up() -> None:
    assert wording.whole(1234.5) == "1,235"
    assert wording.whole(0.5) == "1"
    assert wording.people(1) == "1 person"
    assert wording.people(0) == "0 people"


def test_a_list_ends_with_and() -> None:
    assert wording.listing(["voice"]) == "voice"
    assert wording.listing(["voice", "members", "commands"]) == "voice, members and commands"


def test_a_span_names_the_day_once_if_it_can() -> None:
    start = int(datetime(2025, 11, 12, 3, 10, tzinfo=UTC).timestamp() * 1000)
    assert wording.span_text(start, start + HOUR, "Europe/Berlin") == "Wed 12 Nov, 04:10–05:10"
    night = wording.span_text(start, start + 23 * HOUR, "Europe/Berlin")
    assert night == "Wed 12 Nov, 04:10 – Thu 13 Nov, 03:10"


def test_the_first_text_that_fits_is_taken_and_the_last_cut() -> None:
    assert wording.first_fitting(5, "too long", "short", "x") == "short"
    assert wording.first_fitting(5, "too long") == "too…"


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (None, "as of Thu 20 Nov 2025, 14:00"),
        ("2025-11-20 15:00", "as of Thu 20 Nov 2025, 14:00"),
        ("2025-11-20 13:59:30", "as of Thu 20 Nov 2025, 14:00"),  # clocks differ a little
        (
            "2025-11-10 09:00",
            "asked as of Mon 10 Nov 2025, 09:00, counted with all that was known on Thu 20 Nov 2025, 14:00",
        ),
    ],
)
def test_what_is_asked_of_the_past_says_that_more_is_known_by_now(asked: str | None, text: str) -> None:
    def ms(moment: str) -> int:
        return int(datetime.fromisoformat(f"{moment}+00:00").timestamp() * 1000)

    assert wording.as_of(ms("2025-11-20 14:00"), ms(asked) if asked else None, "UTC") == text


@pytest.mark.parametrize(
    ("minutes", "other", "text"),
    [
        (110, 116, "110 min"),
        (110, 142, "1 h 50 min"),
        (142, 110, "2 h 22 min"),
        (45, 142, "45 min"),
        (0, 142, "0 h"),
        (0, 10, "0 min"),
    ],
)
def test_lengths_beside_each_other_can_be_compared(minutes: float, other: float, text: str) -> None:
    assert wording.minutes_beside(minutes, (minutes, other)) == text.replace(" ", "\u00a0")
