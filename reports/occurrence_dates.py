"""The words by which people may name an occurrence's date: “sun”, “16”, “november”, “2025-11-16”, “20:00”."""

from __future__ import annotations

from functools import lru_cache

from reports.periods import MONTHS, WEEKDAYS, local_moment

_NAMES = tuple(name.lower() for name in (*MONTHS, *WEEKDAYS))


def begins_a_date_word(word: str) -> bool:
    """Whether it may be (the beginning of) a date: of every other word only a title can be meant."""
    return word[:1].isdigit() or any(name.startswith(word) for name in _NAMES)


@lru_cache(maxsize=16_384)  # the next letter is typed a moment later, and asks about the same ones
def date_words(at_ms: int, zone: str) -> tuple[str, ...]:
    moment = local_moment(at_ms, zone)
    month, weekday = MONTHS[moment.month - 1].lower(), WEEKDAYS[moment.weekday()]
    day = f"{moment.year}-{moment.month:02}-{moment.day:02}"
    return (weekday, str(moment.day), month, day, f"{moment.hour:02}:{moment.minute:02}")
