"""docs/kpis.md, made of the catalogue: `python -m reports.catalogue_page > docs/kpis.md`."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from reports import attendance_csv, csv
from reports.catalogue import ALL_SOURCES, DEFINITIONS, QUALIFYING, Count, Definition
from reports.catalogue.definition import Grain
from reports.catalogue.thresholds import filled, thresholds
from reports.settings import ReportSettings
from reports.shared_rules import SHARED_RULES
from storage.rules import Rules

INTRODUCTION = (
    "# What the numbers mean\n\n"
    "This page is made of the catalogue in `reports/catalogue/`, by `python -m reports.catalogue_page`. "
    "Every KPI carries the version of its formula, and every report the fingerprint of the rules that it was "
    "computed under. What `config.toml` can change stands here with its default; the button “How counted” "
    "says what it is set to.\n"
)

JSON_KEYS = (
    ("`shape`", "1; raised when a key goes or changes its meaning"),
    ("`report`, `guild_id`, `zone`", "which report, whose, and in which zone its days are counted"),
    ("`rules`, `as_of`", "the rules' fingerprint, and the moment (UTC) up to which the tables know"),
    ("`finding`", "the one sentence"),
    (
        "`period`, `previous_period`",
        "`key`; `first_day`, `last_day` (local, inclusive); `start`, `end` (UTC, half-open)",
    ),
    ("`is_open`", "the period is not over"),
    (
        "`cut`",
        "whom it is cut to, by dimension: `segment`, `tier`, `platform`, `joined`, `event_type`; "
        "empty: everybody",
    ),
    ("`people`", "who was there in the period, of the cut; null where no membership is known"),
    ("`state`", "open, closed, or corrected: over, and some number is another than it was first"),
    ("`corrections`", "of each such number `kpi`, `cut`, `was` (null: not known), `since` (UTC)"),
    ("`sections`", "each with a `title` and `kpis`"),
    (
        "`kpis[]`",
        "`name`, `cut`, `subject` (of an event, a series, a type of events, a host or a tier of hosts: which "
        "one, for `cut` is how it is called; of the whole both are empty, and what single hosts carry of it "
        "has names of its own, `host_…`), `label`, `unit`, `version`, `text` (the line that people "
        "read), `parts`, `why_empty` (as in a CSV: why the current value is null)",
    ),
    (
        "`current`, `previous`",
        "`value`, `numerator`, `denominator`, `interval` (95 %), `coverage` (0 to 1). Numerator and "
        "denominator are what the KPI’s entry above names, times in whole seconds; null where it says none, "
        "a denominator of people also where less than 80 % of who was here was recorded. "
        "`previous` is of what a CSV’s column of that name says",
    ),
    (
        "`change`",
        "`difference`, `gained`, `lost`, `p_value`, `verdict` (clear, within noise, too few, not compared), "
        "`worth` (better, worse, neutral); null where the previous value stands untested",
    ),
    (
        "`bridge`",
        "the growth accounting: `previous` − `lost` + `gained` = `current`, `previous` = `returning` + "
        "`lost`, `lost` = `dormant` + `left`, `gained` = `new` + `first_seen` + `resurrected`, and "
        "`quick_ratio`; null where the two periods are not compared",
    ),
    (
        "`movement`",
        "what clearly stands out among those who moved the active members: `sentence`, `telling`, and of who "
        "`dropped_out` and who `came_in` each driver with `key`, `said`, `part` of `moved`, `base_part` of "
        "`base`, `p_value`; null where nothing does",
    ),
    (
        "`cohorts`",
        "the matrix of the report `retention`; null in others, and where nobody joined in 32 weeks. `kpi`, "
        "`version`; `cohorts`, oldest first, and `pooled`, all of them as one: each with `first_day`, "
        "`last_day` (of joining: local, inclusive), `joined`, and its `weeks`, 0 to 26 of the members' own "
        "clock, each with `week`, `value`, `retained` (null where nobody is eligible) of `eligible`, "
        "`interval`, `pending` (for how many it is not past), `not_recorded` (for how many it is past, and "
        "less than 80 % of it was recorded), `coverage` (the share of those for whom it is past of whom it "
        "was recorded). `joined` is `eligible` + `pending` + `not_recorded`",
    ),
    ("`excluded`", "who is in no denominator: `bots`, `withdrawn`, `raids`"),
    ("`gaps`", "`source`, `from`, `to`, `seconds`, `cause` of every gap that touches the period"),
    ("`caveats`", "sentences, of the report and of each KPI"),
    (
        "`alerts`",
        "the limits that were crossed: `kpi`, `side` (above, below, falls_by, rises_by), `limit`, `value`, "
        "`sentence`",
    ),
)

EVENT_KEYS = (
    (
        "`key`, `event_id`, `original_start`",
        "which occurrence: as `--event` takes it; its event, and its start as first planned",
    ),
    (
        "`title`, `series`, `event_type`",
        "as members wrote it, what it belongs to, and which `[[event_type]]`",
    ),
    (
        "`outcome`",
        "coming, running, held, held_unstarted, not_held, cancelled, or unknown where a gap could decide it",
    ),
    ("`start`, `end`", "T0 and T1 where it was held, else as scheduled"),
    ("`excluded`", "who is in no number: `bots`, `withdrawn`, `gone` (left before it began)"),
    ("`hosts`", "member numbers"),
    (
        "`people`",
        "`member_no`, `status` (attended, partial, absent, unknown; none where nothing was held), "
        "`rsvp` (interested, standing, declined, late_cancel or null), `minutes`, `is_early`, "
        "`was_there_before`",
    ),
)

MEMBER_KEYS = (
    ("`member_no`", "their number in this server's records; the id that Discord gave them is not told"),
    ("`tier`", "of config.toml, or member; who left keeps the last one"),
    ("`tenure_days`", "of the bridged spell, its first day counted; null: they are not here"),
    (
        "`spells`",
        "as they were, not bridged, oldest first: `joined`, `left` (null: still here), `ended_as` (left, "
        "kicked, banned, pruned, unknown)",
    ),
    (
        "`weeks`",
        "twelve, oldest first, the last one not over: `period`, `is_open`, `joined_voice` and `active` (yes, "
        "no, unknown; null: not here in that week), `events` attended, `events_unknown` (a gap could decide "
        "it), `segment` (when it ended, or yesterday; null: none)",
    ),
    ("`sections`", "one, with `member_attendance` of each series that they attended, or may have"),
    (
        "`series`",
        "the same series, most attended first: `series`, `label`, `attended`, `unknown` (a gap could decide "
        "it), `held` while they were here, those among them",
    ),
)

QUALITY_KEYS = (
    (
        "`sources`",
        "`source`, `since`, `recorded` (0 to 1; null: switched off all the time), `recorded_seconds`, "
        "`late_seconds`, `gap_seconds`, `off_seconds`, and its `gaps`",
    ),
    ("`dead_letter_reasons`", "`reason` and `number`, of the newest dead letters"),
    ("`to_be_seen_to`", "sentences: what somebody has to do something about"),
)

_SOURCE_NAMES = {
    QUALIFYING: "those of the activities that make a member active",
    ALL_SOURCES: "every source that a report needs",
}


def page() -> str:
    defaults = thresholds(Rules(), ReportSettings())
    rules = "\n".join(f"- **{name}.** {text}" for name, text in SHARED_RULES)
    return "\n".join(
        (
            INTRODUCTION,
            f"## Shared rules\n\n{rules}\n",
            "## The KPIs\n",
            *(_entry(filled(definition, defaults)) for definition in DEFINITIONS),
            _json_keys(),
            _csv_columns(),
        )
    )


def _json_keys() -> str:
    return (
        f"## JSON\n\n`insights report health --format json` prints one object:\n\n{_table(JSON_KEYS)}\n"
        "`insights report event --format json` prints an object with the same `shape`, `report`, `guild_id`, "
        f"`zone`, `rules`, `as_of`, `finding`, `sections` and `caveats`, and:\n\n{_table(EVENT_KEYS)}\n"
        "`insights report member MEMBER --format json` prints an object with the same `shape`, `report`, "
        f"`guild_id`, `zone`, `rules`, `as_of`, `finding` and `caveats`, and:\n\n{_table(MEMBER_KEYS)}\n"
        "`insights report quality --format json` prints what every report has, and:\n\n"
        f"{_table(QUALITY_KEYS)}"
    )


def _csv_columns() -> str:
    return (
        "## CSV\n\n`insights report NAME --format csv` prints a line for each KPI, with these columns. Small "
        f"groups are withheld as in a channel:\n\n{_columns(csv.COLUMNS)}\n"
        "`insights report event --format csv` prints a line for each person who answered or came, by member "
        "number and with no id of Discord's people; the file under an event in Discord is the same, with "
        f"`user_id` in the place of `member_no`:\n\n{_columns(attendance_csv.COLUMNS)}"
    )


def _columns(columns: Mapping[str, str]) -> str:
    return _table(tuple((f"`{name}`", meaning) for name, meaning in columns.items()))


def _table(keys: tuple[tuple[str, str], ...]) -> str:
    rows = "\n".join(f"| {names} | {text} |" for names, text in keys)
    return f"| | |\n|---|---|\n{rows}\n"


def _entry(definition: Definition) -> str:
    rows = (
        ("shown as", f"{definition.label} ({definition.unit})"),
        ("one value is of", str(definition.grain)),
        ("formula", f"`{definition.formula}`"),
        ("numerator", _number(definition.numerator, Count.NUMERATOR, definition)),
        ("denominator", _number(definition.denominator, Count.DENOMINATOR, definition)),
        ("compared with", _compared_with(definition)),
        ("uncertainty", definition.uncertainty),
        ("needs recorded", _sources(definition)),
        ("limit", _limit(definition)),
        ("version", str(definition.version)),
    )
    table = "\n".join(f"| {name} | {text} |" for name, text in rows)
    return f"### {definition.name}\n\n{definition.meaning}\n\n| | |\n|---|---|\n{table}\n"


_BEFORE = {
    Grain.EVENT: "the one held before in its series; of several events the period before",
    Grain.SERIES: "the four held before",
    Grain.MOMENT: "the end of the period before",
}


def _compared_with(definition: Definition) -> str:
    return definition.compared_with or _BEFORE.get(definition.grain, "the period before")


def _number(text: str, which: Count, definition: Definition) -> str:
    return f"{text}, in seconds" if which in definition.in_seconds else text


def _limit(definition: Definition) -> str:
    """What `[[alert]]` can do with it."""
    if not definition.can_be_watched:
        return "none can be set"
    when = ", and is checked in the monthly digest alone" if definition.grain is Grain.MONTH else ""
    return (
        f"can be set{when}" if definition.is_tested else f"can be set, but not with `only_when_clear`{when}"
    )


def _sources(definition: Definition) -> str:
    value = ", ".join(_SOURCE_NAMES.get(source, source) for source in definition.sources)
    if not definition.base_sources:
        return value
    return f"{value}; for its N also {', '.join(definition.base_sources)}"


if __name__ == "__main__":
    sys.stdout.buffer.write(page().encode())
