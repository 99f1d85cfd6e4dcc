"""One holding of an event: who came of whom, for how long, who they were."""

from __future__ import annotations

from reports.catalogue.definition import UNTESTED, WILSON, Definition, Unit
from reports.report import Worth

_PAIRED = "Wilson 95 % interval; the change by exact McNemar on those who are in both, Holm-corrected"
_NEEDED = ("voice", "events")

WHO_CAME = (
    Definition(
        name="attendees",
        can_be_watched=False,
        label="Came",
        cut_label="{cut}",
        unit=Unit.PEOPLE,
        meaning=(
            "Who was in the event's channels for at least {attend_minutes}, or half of it if that is "
            "shorter; absences of up to {break_minutes} are none."
        ),
        formula=(
            "attended = people with presence in the channels over [T0, T1] >= "
            "min({attend_minutes}, (T1 - T0) / 2)"
        ),
        numerator="people of P who attended: interested in this occurrence, in the series, or walked in",
        denominator="none",
        uncertainty="the change by exact McNemar on who came now and did not then, Holm-corrected",
        sources=_NEEDED,
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="no_show_rate",
        is_tested=True,
        label="No-shows",
        unit=Unit.SHARE,
        meaning=(
            "Of those interested when it began, the share that was not there at all. Discord's “interested” "
            "is not a promise. Who withdrew in the last {late_cancel_minutes} is left out, and so is who a "
            "gap could hide. Of several events every interest counts."
        ),
        formula="absent / (attended + partial + absent), of those interested at T0",
        numerator="interested at T0, humans and members then, never there",
        denominator="interested at T0, humans and members then, known to have come or not",
        uncertainty=f"{_PAIRED}; of several events both by bootstrap over members",
        sources=_NEEDED,
        base_sources=("members",),
        rise_is=Worth.WORSE,
    ),
    Definition(
        name="show_rate",
        can_be_watched=False,
        label="Interested who came",
        unit=Unit.SHARE,
        meaning="Of those interested when it began, the share that attended.",
        formula="attended / (attended + partial + absent), of those interested at T0",
        numerator="interested at T0 who attended",
        denominator="interested at T0, humans and members then, known to have come or not",
        uncertainty=WILSON,
        sources=_NEEDED,
        base_sources=("members",),
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="partial_shows",
        can_be_watched=False,
        label="Only partly",
        unit=Unit.PEOPLE,
        meaning="Who was interested and came, but for too short a time to have attended.",
        formula="partial & interested at T0",
        numerator="interested at T0, there for less than the time that counts as attending",
        denominator="none",
        uncertainty=UNTESTED,
        sources=_NEEDED,
    ),
    Definition(
        name="unknown_shows",
        can_be_watched=False,
        label="Not known",
        unit=Unit.PEOPLE,
        meaning="Who was interested and may or may not have come: a gap could decide it. In no rate.",
        formula="unknown & interested at T0",
        numerator="interested at T0 whose attendance a gap could decide",
        denominator="none",
        uncertainty="none",
        sources=_NEEDED,
    ),
    Definition(
        name="walk_ins",
        can_be_watched=False,
        label="Walk-ins",
        unit=Unit.PEOPLE,
        meaning="Who came without having been interested, in this occurrence or in the series.",
        formula="attended - interested at T0 - standing interest",
        numerator="attendees without an interest that stood at T0",
        denominator="none",
        uncertainty=UNTESTED,
        sources=_NEEDED,
    ),
    Definition(
        name="standing_shows",
        can_be_watched=False,
        label="From the series who came",
        unit=Unit.SHARE,
        meaning="Of those interested in the whole series who did not answer to this occurrence, who came.",
        formula="attended & standing / standing",
        numerator="attendees with a standing interest in the series",
        denominator="interested in the series at T0, no answer to this occurrence, known to have come or not",
        uncertainty=WILSON,
        sources=_NEEDED,
        base_sources=("members",),
    ),
    Definition(
        name="late_cancels",
        can_be_watched=False,
        label="Late cancels",
        unit=Unit.PEOPLE,
        meaning="Who withdrew an interest less than {late_cancel_minutes} before it began. In no rate.",
        formula="interests withdrawn in [T0 - {late_cancel_minutes}, T0)",
        numerator="people whose interest ended less than {late_cancel_minutes} before T0",
        denominator="none",
        uncertainty=UNTESTED,
        sources=("events",),
    ),
    Definition(
        name="attendance_per_interest",
        can_be_watched=False,
        label="Came per interested",
        unit=Unit.RATIO,
        meaning=(
            "How many came for each who was interested. Walk-ins count, so that it may be above 1. Of fewer "
            "than 10 who were interested only the two numbers."
        ),
        formula="attendees / interested at T0",
        numerator="attendees",
        denominator="interested at T0",
        uncertainty=UNTESTED,
        sources=_NEEDED,
        rise_is=Worth.BETTER,
        version=2,
    ),
    Definition(
        name="attendance_of_members",
        can_be_watched=False,
        label="Of the whole server",
        unit=Unit.SHARE,
        meaning="The share of the server's people that came.",
        formula="attendees & P(T0) / P(T0)",
        numerator="attendees who were in P when it began",
        denominator="P(T0)",
        uncertainty=WILSON,
        sources=_NEEDED,
        base_sources=("members",),
        rise_is=Worth.BETTER,
    ),
)

HOW_LONG = (
    Definition(
        name="attendee_minutes_median",
        can_be_watched=False,
        label="Stayed, median",
        unit=Unit.MINUTES,
        meaning="How long the attendee in the middle stayed. Being early brings no minutes.",
        formula="median over attendees of presence in the channels over [T0, T1]",
        numerator="presence, breaks of up to {break_minutes} counted in",
        denominator="attendees",
        uncertainty=UNTESTED,
        sources=_NEEDED,
    ),
    Definition(
        name="attendee_minutes_mean",
        can_be_watched=False,
        label="Stayed, mean",
        unit=Unit.MINUTES,
        meaning="How long attendees stayed on average.",
        formula="mean over attendees of presence in the channels over [T0, T1]",
        numerator="presence, breaks of up to {break_minutes} counted in",
        denominator="attendees",
        uncertainty=UNTESTED,
        sources=_NEEDED,
    ),
    Definition(
        name="early_attendees",
        can_be_watched=False,
        label="There at the start",
        unit=Unit.PEOPLE,
        meaning="Attendees who were in a channel when it began.",
        formula="attended & present at T0",
        numerator="attendees present at T0",
        denominator="attendees",
        uncertainty=UNTESTED,
        sources=_NEEDED,
    ),
    Definition(
        name="presence_at",
        can_be_watched=False,
        label="There",
        cut_label="{label} {cut}",
        unit=Unit.PEOPLE,
        meaning="How many were there at the moment at which 25, 50 or 75 % of it was over.",
        formula="people present at T0 + share × (T1 - T0)",
        numerator="people in the channels at that moment",
        denominator="none",
        uncertainty=UNTESTED,
        sources=_NEEDED,
    ),
    Definition(
        name="drop_off",
        can_be_watched=False,
        label="Gone before 75 %",
        unit=Unit.SHARE,
        meaning="Of the attendees who were there in the first half, who was gone before the last quarter.",
        formula="in [T0, 50 %) and not in [75 %, T1] / in [T0, 50 %)",
        numerator="attendees there in the first half and not in the last quarter",
        denominator="attendees there in the first half",
        uncertainty=WILSON,
        sources=_NEEDED,
        rise_is=Worth.WORSE,
    ),
)

WHO_THEY_WERE = (
    Definition(
        name="first_timers",
        can_be_watched=False,
        label="First time here",
        unit=Unit.SHARE,
        meaning=(
            "Attendees who had attended none of the series before, as far as it was recorded. Whom a gap may "
            "have hidden there is left out."
        ),
        formula="attended - attended any of the series before / attended & known",
        numerator="attendees of no earlier occurrence of the series",
        denominator="attendees of whom it is known",
        uncertainty=WILSON,
        sources=_NEEDED,
    ),
    Definition(
        name="came_to_the_one_before",
        can_be_watched=False,
        label="At the one before",
        unit=Unit.SHARE,
        meaning="Attendees who had also attended the one held before.",
        formula="attended & attended the one before / attended & known",
        numerator="attendees of both",
        denominator="attendees of whom it is known",
        uncertainty=WILSON,
        sources=_NEEDED,
    ),
    Definition(
        name="regular_attendees",
        can_be_watched=False,
        label="Regulars",
        unit=Unit.SHARE,
        meaning="Attendees who had attended at least 3 of the 4 held before.",
        formula="attended & attended >= 3 of the last 4 held / attended & known",
        numerator="attendees who attended at least 3 of the 4 occurrences held before",
        denominator="attendees of whom it is known",
        uncertainty=WILSON,
        sources=_NEEDED,
    ),
    Definition(
        name="returned_next",
        can_be_watched=False,
        label="At the next one",
        unit=Unit.SHARE,
        meaning=(
            "Of the attendees, who attended the next one held. Pending until it was. Whom a gap may have "
            "hidden there is left out."
        ),
        formula="attended & attended the next / attended & known",
        numerator="attendees of this and of the next occurrence held",
        denominator="attendees of whom it is known",
        uncertainty=WILSON,
        sources=_NEEDED,
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="returned_next_two",
        can_be_watched=False,
        label="At one of the next two",
        unit=Unit.SHARE,
        meaning="Of the attendees, who attended one of the next two held. Pending until both were.",
        formula="attended & attended any of the next two / attended & known",
        numerator="attendees of this and of at least one of the next two occurrences held",
        denominator="attendees of whom it is known",
        uncertainty=WILSON,
        sources=_NEEDED,
        rise_is=Worth.BETTER,
    ),
)

OCCURRENCE = (*WHO_CAME, *HOW_LONG, *WHO_THEY_WERE)
