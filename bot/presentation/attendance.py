"""Who came to an occurrence and who did not, by name: for those who may see it, and notifying nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.presentation.attendance_csv import COLUMNS, attendance_csv
from bot.presentation.event_message import event_title
from bot.presentation.message import EMBED_DESCRIPTION, Accent, Embed, Message, Roll
from bot.presentation.people import Group, roll
from reports import wording
from reports.event_report import Attendee, EventReport

ANSWERED = ("interested", "standing")  # to this occurrence, or to the whole series
TIMELESS = "As known at this moment · nobody is notified"
NOT_A_PROMISE = "Discord’s “interested” is not a promise"
NOTHING_HELD = {
    "coming": "It has not begun, so nobody could come yet.",
    "not_held": "It was not held, so nobody could come.",
    "cancelled": "It was cancelled, so nobody could come.",
}
CSV_FOOTER = (
    "UTF-8 with a byte order mark, as spreadsheets want it · times are local, with their offset from UTC · "
    "open user_id as text: it has too many digits"
)


def came_message(report: EventReport, user_ids: Mapping[int, int]) -> Message:
    """Attended, walk-ins, partly. `user_ids` knows whom to name; nobody else is in the lists or counted."""
    if report.outcome in NOTHING_HELD:
        return _interested_message("Who came", report, user_ids)
    if report.outcome == "running":
        return _there_so_far(report, user_ids)
    people = _named(report, user_ids)
    attended = [person for person in people if person.status == "attended"]
    partly = [person for person in people if person.status == "partial"]
    if not attended and not partly:
        return Message("Nobody who can be named came to it.")
    groups = [
        _group("Attended", (person for person in attended if person.rsvp in ANSWERED), user_ids),
        _group("Walk-ins", (person for person in attended if person.rsvp not in ANSWERED), user_ids),
        _group("Only partly", partly, user_ids),
    ]
    more = f", {wording.whole(len(partly))} more only partly" if partly else ""
    return _list(f"{wording.people(len(attended))} came{more}.", "Who came", report, groups)


def _there_so_far(report: EventReport, user_ids: Mapping[int, int]) -> Message:
    """Whether somebody attended, or came only partly, is not known before it is over."""
    came = [person for person in _named(report, user_ids) if person.status in ("attended", "partial")]
    if not came:
        return Message("Nobody who can be named came so far.")
    groups = [
        _group("There so far", (person for person in came if person.rsvp in ANSWERED), user_ids),
        _group("Walk-ins", (person for person in came if person.rsvp not in ANSWERED), user_ids),
    ]
    return _list(f"{wording.people(len(came))} came so far.", "Who came", report, groups)


def no_shows_message(report: EventReport, user_ids: Mapping[int, int]) -> Message:
    """Interested when it began, and not there; or perhaps there, but not recorded."""
    if report.outcome in NOTHING_HELD:
        return _interested_message("No-shows", report, user_ids)
    interested = [person for person in _named(report, user_ids) if person.rsvp == "interested"]
    absent = [person for person in interested if person.status == "absent"]
    unknown = [person for person in interested if person.status == "unknown"]
    if not absent and not unknown:
        return Message(
            "Everybody who was interested came." if interested else "Nobody who can be named was interested."
        )
    is_running = report.outcome == "running"
    groups = [
        _group(
            "Interested, not there so far" if is_running else "Interested, did not come", absent, user_ids
        ),
        _group("Not known: not all was recorded", unknown, user_ids),
    ]
    did_not_come = "are not there so far" if is_running else "did not come"
    known = len(interested) - len(unknown)
    finding = f"{wording.whole(len(absent))} of {wording.whole(known)} interested {did_not_come}."
    return _list(finding, "No-shows", report, groups, NOT_A_PROMISE)


def _interested_message(title: str, report: EventReport, user_ids: Mapping[int, int]) -> Message:
    """Of what was not held only the answers can be told."""
    people = _named(report, user_ids)
    groups = [
        _group("Interested", (person for person in people if person.rsvp == "interested"), user_ids),
        _group(
            "Interested in the series", (person for person in people if person.rsvp == "standing"), user_ids
        ),
    ]
    why = NOTHING_HELD[report.outcome]
    if not any(group.user_ids for group in groups):
        return Message(why)
    return _list(why, title, report, groups, NOT_A_PROMISE)


def csv_message(report: EventReport, user_ids: Mapping[int, int]) -> Message:
    rows = [(user_ids[person.member_no], person) for person in _named(report, user_ids)]
    if not rows:
        return Message("Nobody who can be named answered or came: there is nothing to put into a file.")
    meanings = "\n".join(f"**{name}** {meaning}" for name, meaning in COLUMNS.items())
    return Message(
        f"One line for each of {wording.people(len(rows))} who answered or came.",
        Embed(event_title(report), meanings, Accent.BLUE, CSV_FOOTER),
        files=(attendance_csv(report, rows),),
    )


def _named(report: EventReport, user_ids: Mapping[int, int]) -> list[Attendee]:
    """Those who are still known, and not erased since the report was made."""
    return [person for person in report.people if person.member_no in user_ids]


def _group(title: str, people: Iterable[Attendee], user_ids: Mapping[int, int]) -> Group:
    return Group(title, [user_ids[person.member_no] for person in people])


def _list(
    finding: str, title: str, report: EventReport, groups: list[Group], footer: str = TIMELESS
) -> Message:
    description = roll(groups, EMBED_DESCRIPTION)
    return Message(finding, Roll(f"{title} · {event_title(report)}", description, Accent.BLUE, footer))
