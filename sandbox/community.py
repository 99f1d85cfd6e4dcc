"""A simulated gaming club: a seeded, plausible year of it, and some days more for those who keep watching.

The story is a pure function of the seed and of `now`. It holds what a year of a real club holds: evenings in
voice that run over midnight, two inhouses a week that split into team channels, lessons, drafts and a café
evening with people's answers to them, newcomers who stay or drift away, a raid, a prune, a wave after a
showcase, a quiet August, a host who burns out and the one who takes over, what people write and ask another
bot, and a day and some hours in which nobody was recording.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from random import Random

from sandbox.community_answers import answers
from sandbox.community_calendar import STORY_DAYS, Year
from sandbox.community_cast import Person, cast
from sandbox.community_chat import chat
from sandbox.community_diary import Attended, Diary
from sandbox.community_hosting import hosting
from sandbox.community_membership import membership
from sandbox.community_moves import Move
from sandbox.community_programme import Occasion, programme


@dataclass(frozen=True)
class Story:
    seed: int
    now_ms: int
    year: Year
    people: list[Person]
    moves: list[Move]  # in time's order, from the moment the bot was added; they go on after `now`
    attended: dict[Occasion, Attended]  # every evening that was held

    @property
    def begin_ms(self) -> int:
        return self.year.begin_ms

    @property
    def outage(self) -> tuple[int, int] | None:
        return self.year.outage


def tell(seed: int, now: datetime, days: int = STORY_DAYS) -> Story:
    """A story of so many days, up to `now`. A short one leaves out what happened before it begins."""
    year = Year.ending(now, days)
    people = cast(seed, year)
    occasions = programme(year)
    diary = Diary(seed, year, people, occasions)
    voice = sorted(diary.voice(), key=lambda move: move.at_ms)
    moves = merge(
        membership(Random(f"{seed}/membership"), year, people),
        hosting(seed, people, occasions, diary.attended),
        answers(seed, year, people, occasions, diary.attended),
        voice,
        chat(seed, year, people),
        key=lambda move: move.at_ms,
    )
    now_ms = int(now.timestamp() * 1000)
    told = [move for move in moves if move.at_ms > year.begin_ms]
    return Story(seed, now_ms, year, people, told, diary.attended)
