"""Who stays with a series, how far it reaches, how its type fares, and what those who lead it bring about."""

from __future__ import annotations

from reports.catalogue.definition import UNTESTED, WILSON, Definition, Grain, Unit
from reports.report import Worth

_NEEDED = ("voice", "events")
_BOOTSTRAP = "95 % interval by bootstrap over members"
_LAST_8 = "occurrences held, recorded to at least 80 %; ranked from 3 on"

STAYING = (
    Definition(
        name="series_regulars_stopped",
        can_be_watched=False,
        label="Regulars who stopped",
        cut_label="{cut}, regulars who stopped",
        unit=Unit.SHARE,
        grain=Grain.SERIES,
        meaning=(
            "Of the regulars of a series, those who missed the last {missed} held in a row. A regular had "
            "attended at least 3 of the 4 held before those. Who left the server has stopped, too. The "
            "report `series` has the same as it stood at each of the last held."
        ),
        formula=(
            "regulars - attended any of the last {missed} held / regulars & known; "
            "regulars = attended >= 3 of the 4 held before these"
        ),
        numerator="regulars at none of the last {missed} held",
        denominator="regulars of whom it is known; pending until {missed} more were held",
        uncertainty=WILSON,
        sources=_NEEDED,
        rise_is=Worth.WORSE,
        compared_with="as many held before",
    ),
    Definition(
        name="series_never_again",
        can_be_watched=False,
        label="Never came again",
        cut_label="{cut}, never came again",
        unit=Unit.SHARE,
        grain=Grain.SERIES,
        meaning=(
            "Of those who had attended a series {missed} times, who came to none of the next {missed} held. "
            "Each counts once, at their attendance number {missed}: of the last 8 held that {missed} more "
            "followed."
        ),
        formula=(
            "attendance number {missed} at i - attended any of i + 1 … i + {missed} / "
            "attendance number {missed} at i & known; Σ over the last 8 such i"
        ),
        numerator="people at none of the {missed} held after their attendance number {missed} on record",
        denominator="people with so many attendances of whom it is known; pending until {missed} followed",
        uncertainty=WILSON.partition(";")[0],
        sources=_NEEDED,
        rise_is=Worth.WORSE,
    ),
    Definition(
        name="series_first_timers_back",
        can_be_watched=False,
        label="First-timers back",
        cut_label="{cut}, first-timers back",
        unit=Unit.SHARE,
        grain=Grain.SERIES,
        meaning=(
            "Of those who attended a series for the first time, who came again to one of the next two held. "
            "Of the last 8 held that two more followed; who was at the first one on record may have come for "
            "years and is left out."
        ),
        formula=(
            "first attendance at i & (attended[i + 1] | attended[i + 2]) / first attendance at i & known; "
            "Σ over the last 8 such i"
        ),
        numerator="first-timers at one of the next two held",
        denominator="first-timers of whom it is known; pending until two were held",
        uncertainty=WILSON.partition(";")[0],
        sources=_NEEDED,
        rise_is=Worth.BETTER,
    ),
)

REACHING = (
    Definition(
        name="series_mean_of_8",
        can_be_watched=False,
        label="Mean",
        cut_label="{cut}, mean",
        unit=Unit.PEOPLE_EACH,
        grain=Grain.SERIES,
        meaning="How many came on average to the last 8 held of a series, or to as many as there were.",
        formula="mean of attended over the last 8 held",
        numerator="attendances at the last 8 held",
        denominator=_LAST_8,
        uncertainty="none",
        sources=_NEEDED,
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="series_reach",
        can_be_watched=False,
        label="Different people",
        cut_label="{cut}, different people",
        unit=Unit.PEOPLE,
        grain=Grain.SERIES,
        meaning="How many different people attended at least one of the last 8 held of a series.",
        formula="union of attended over the last 8 held",
        numerator="people at any of the last 8 held",
        denominator="none",
        uncertainty="none",
        sources=_NEEDED,
        rise_is=Worth.BETTER,
    ),
)

OVERFLOW = (
    Definition(
        name="overflow",
        can_be_watched=False,
        label="More than fit in",
        unit=Unit.PEOPLE,
        grain=Grain.EVENT,
        meaning=(
            "How many more attended than fit into the event's channels at once. Known where every one of "
            "them has a user limit; people may have taken turns. A channel's limit is the one that it had "
            "last before the event was over."
        ),
        formula="max(0, attendees - Σ user limits of the channels)",
        numerator="attendees beyond the places",
        denominator="none",
        uncertainty=UNTESTED,
        sources=_NEEDED,
    ),
    Definition(
        name="series_overflow",
        can_be_watched=False,
        label="Overflowed",
        cut_label="{cut}, more came than fit in",
        unit=Unit.SHARE,
        grain=Grain.SERIES,
        meaning=(
            "Of the last 8 held of a series whose places are known, those to which more came than fit into "
            "their channels at once. Of so few always the two numbers."
        ),
        formula="occurrences with overflow > 0 / occurrences with a known capacity, of the last 8 held",
        numerator="occurrences to which more came than fit in",
        denominator="of the last 8 held those whose channels all have a user limit",
        uncertainty="none",
        sources=_NEEDED,
    ),
)

TYPES = (
    Definition(
        name="type_held",
        version=2,
        can_be_watched=False,
        label="Held of the type",
        cut_label="{cut}",
        unit=Unit.COUNT,
        meaning="How many events of a type were held in the period, also where nobody knows who came.",
        formula="occurrences of the type with T0 in the period, held or held without being started",
        numerator="occurrences held",
        denominator="none",
        uncertainty=UNTESTED,
        sources=_NEEDED,
    ),
    Definition(
        name="type_people",
        version=2,
        can_be_watched=False,
        label="At one of the type",
        cut_label="{cut}",
        unit=Unit.PEOPLE,
        meaning=(
            "How many different people attended any event of a type in the period. Not known where all of "
            "them were held elsewhere, without check-in."
        ),
        formula="union over the type's held occurrences of attended",
        numerator="people of P who attended at least one of them",
        denominator="none",
        uncertainty=UNTESTED,
        sources=_NEEDED,
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="type_mean",
        can_be_watched=False,
        label="Mean of the type",
        cut_label="{cut}, mean",
        unit=Unit.PEOPLE_EACH,
        grain=Grain.SERIES,
        meaning="How many came on average to the last 8 held of a type, whichever series they were of.",
        formula="mean of attended over the last 8 held",
        numerator="attendances at the last 8 held",
        denominator=_LAST_8,
        uncertainty="none",
        sources=_NEEDED,
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="type_median",
        can_be_watched=False,
        label="Median of the type",
        cut_label="{cut}, median",
        unit=Unit.PEOPLE,
        grain=Grain.SERIES,
        meaning="How many came to the one in the middle of the last 8 held of a type.",
        formula="median of attended over the last 8 held",
        numerator="attendances at each of the last 8 held",
        denominator="none",
        uncertainty="none",
        sources=_NEEDED,
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="type_peak",
        can_be_watched=False,
        label="Peak of the type",
        cut_label="{cut}, peak",
        unit=Unit.PEOPLE,
        grain=Grain.SERIES,
        meaning="How many came to the best attended of the last 8 held of a type.",
        formula="max of attended over the last 8 held",
        numerator="attendances at each of the last 8 held",
        denominator="none",
        uncertainty="none",
        sources=_NEEDED,
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="type_reach",
        can_be_watched=False,
        label="Reach of the type",
        cut_label="{cut}, different people",
        unit=Unit.PEOPLE,
        grain=Grain.SERIES,
        meaning="How many different people attended at least one of the last 8 held of a type.",
        formula="union of attended over the last 8 held",
        numerator="people at any of the last 8 held",
        denominator="none",
        uncertainty="none",
        sources=_NEEDED,
        rise_is=Worth.BETTER,
    ),
)

PEOPLE = (
    Definition(
        name="member_attendance",
        can_be_watched=False,
        label="Attended",
        cut_label="{cut}, attended",
        unit=Unit.SHARE,
        grain=Grain.MEMBER,
        meaning="How many of what was held of a series while a member was here that member attended.",
        formula="occurrences attended / occurrences held while they were a member and known",
        numerator="occurrences of the series that the member attended",
        denominator="occurrences held, recorded to at least 80 %, of which it is known",
        uncertainty="Wilson 95 % interval; of fewer than 10 held only the two numbers",
        sources=_NEEDED,
        base_sources=("members",),
    ),
    Definition(
        name="events_per_attendee",
        can_be_watched=False,
        label="Events per attendee",
        unit=Unit.PER_PERSON,
        meaning="How many events of the period each of those who attended any attended on average.",
        formula="Σ over the held occurrences of |attended| / people at any of them",
        numerator="attendances at the events held in the period",
        denominator="people of P who attended at least one event",
        uncertainty=UNTESTED,
        sources=_NEEDED,
        rise_is=Worth.BETTER,
    ),
)

HOSTS = (
    Definition(
        name="host_hours",
        version=2,
        can_be_watched=False,
        label="Hours carried",
        cut_label="{cut} carried",
        unit=Unit.HOURS,
        grain=Grain.PERIOD,
        meaning=(
            "The time that attendees spent at what somebody hosted in the period: a host, or all hosts of a "
            "tier. Co-hosts share an event's hours. Not known where all of it was held elsewhere than in a "
            "channel."
        ),
        formula="Σ over the occurrences hosted of attendees' presence / hosts of the occurrence",
        numerator="presence of attendees, in equal parts for each host",
        denominator="none",
        uncertainty=UNTESTED,
        sources=_NEEDED,
    ),
    Definition(
        name="host_hours_of_4_weeks",
        can_be_watched=False,
        compared_with="the 4 weeks before",
        over="in 4 weeks",
        label="Hours carried, 4 weeks",
        cut_label="{cut} carried",
        unit=Unit.HOURS,
        grain=Grain.FOUR_WEEKS,
        meaning=(
            "The same over four weeks, of one host: their part of `attendee_hours`, to which the parts of "
            "all hosts add up."
        ),
        formula="Σ over the occurrences hosted of attendees' presence / hosts of the occurrence",
        numerator="presence of attendees, in equal parts for each host",
        denominator="none",
        uncertainty=UNTESTED,
        sources=_NEEDED,
    ),
    Definition(
        name="host_events",
        can_be_watched=False,
        label="Events led",
        cut_label="{cut} led",
        unit=Unit.COUNT,
        grain=Grain.PERIOD,
        meaning=(
            "How many of the events held in the period somebody hosted. Each co-host carries the event; of a "
            "tier each event counts once, whoever of it hosted it."
        ),
        formula="held occurrences of which the host, or anybody of the tier, is a host",
        numerator="occurrences hosted",
        denominator="none",
        uncertainty=UNTESTED,
        sources=_NEEDED,
    ),
    Definition(
        name="host_attendance",
        can_be_watched=False,
        label="Came to what they led",
        cut_label="{cut}, each time",
        unit=Unit.PEOPLE_EACH,
        grain=Grain.TWELVE_WEEKS,
        meaning="How many came on average to what a host, or a tier, led in 12 weeks.",
        formula="mean of attended over the occurrences hosted, in the 12 weeks to the end of the period",
        numerator="attendances at the occurrences hosted",
        denominator="occurrences hosted, recorded to at least 80 %",
        uncertainty=UNTESTED,
        sources=_NEEDED,
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="host_returned",
        can_be_watched=False,
        label="Came again",
        cut_label="{cut}, came again",
        unit=Unit.SHARE,
        grain=Grain.TWELVE_WEEKS,
        meaning=(
            "Of the attendances at what a host, or a tier, led in 12 weeks, those followed by one at any of "
            "the next two held of the series, whoever led those."
        ),
        formula=(
            "Σ attended[i] & (attended[i + 1] | attended[i + 2]) / Σ attended[i], of the i hosted; pending "
            "until both are held"
        ),
        numerator="attendances with an attendance at one of the next two held of the series",
        denominator="attendances at the occurrences hosted that two more of the series followed",
        uncertainty=_BOOTSTRAP,
        sources=_NEEDED,
        rise_is=Worth.BETTER,
    ),
)

BEST_TIME = (
    Definition(
        name="series_best_time",
        can_be_watched=False,
        label="Best time",
        cut_label="{cut} usually here",
        unit=Unit.PEOPLE,
        grain=Grain.TWELVE_WEEKS,
        meaning=(
            "How many of those who come to a series are usually in voice at the hours of the week at which "
            "most of them are, for as long as the series usually lasts. Usually: in at least half of the "
            "weeks of the last 12 in which those hours were recorded, for at least {attend_minutes} of each "
            "hour; a stay in a channel of which no time qualifies is none, any other is one from end to end. "
            "Their coming to the series itself counts, so its own time starts ahead. So does their coming to "
            "others: where the best time is that of another series, the report says so. Fewer than 10 "
            "people, or 12 weeks of which less than 80 % was recorded, say nothing."
        ),
        formula=(
            "max over the hours of the week of people in a stay with qualifying time in at least half of the "
            "weeks in which the hour was recorded, in every hour of the series' length"
        ),
        numerator="of them, usually there at those hours",
        denominator="members now who attended any of the last 8 held; regulars where they are at least 10",
        uncertainty="none",
        sources=("voice",),
        base_sources=("members",),
    ),
    Definition(
        name="series_own_time",
        can_be_watched=False,
        label="Its time now",
        cut_label="{cut} usually here",
        unit=Unit.PEOPLE,
        grain=Grain.TWELVE_WEEKS,
        meaning="The same at the hours at which the series was mostly held in these 12 weeks.",
        formula="as series_best_time, at the most frequent weekday and hour of T0",
        numerator="of them, usually there at those hours",
        denominator="as of series_best_time",
        uncertainty="none",
        sources=("voice",),
        base_sources=("members",),
    ),
)

SERIES = (*STAYING, *REACHING, *OVERFLOW, *TYPES, *PEOPLE, *HOSTS, *BEST_TIME)
