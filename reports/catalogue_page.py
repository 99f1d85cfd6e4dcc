"""docs/kpis.md, made of the catalogue: `python -m reports.catalogue_page > docs/kpis.md`."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from reports import attendance_csv, csv
from reports.catalogue import ALL_SOURCES, DEFINITIONS, QUALIFYING, Definition
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
        "`value`, `numerator`, `denominator`, `interval` (95 %), `coverage` (0 to 1). `previous` is of what "
        "a CSV’s column of that name says",
    ),
    (
        "`change`",
        "`difference`, `gained`, `lost`, `p_value`, `verdict` (clear, within noise, too few, not compared), "
        "`worth` (better, worse, neutral); null where the previous value stands untested",
    ),
    ("`bridge`", "the growth accounting; null where the two periods are not compared"),
    (
        "`movement`",
        "what clearly stands out among those who moved the active members: `sentence`, `telling`, and of who "
        "`dropped_out` and who `came_in` each driver with `key`, `said`, `part` of `moved`, `base_part` of "
        "`base`, `p_value`; null where nothing does",
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
    ("`event_id`, `original_start`", "which occurrence: its event, and its start as first planned"),
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
        ("numerator", definition.numerator),
        ("denominator", definition.denominator),
        ("uncertainty", definition.uncertainty),
        ("needs recorded", _sources(definition)),
        ("limit", _limit(definition)),
        ("version", str(definition.version)),
    )
    table = "\n".join(f"| {name} | {text} |" for name, text in rows)
    return f"### {definition.name}\n\n{definition.meaning}\n\n| | |\n|---|---|\n{table}\n"


def _limit(definition: Definition) -> str:
    """What `[[alert]]` can do with it."""
    if not definition.can_be_watched:
        return "none can be set"
    return "can be set" if definition.is_tested else "can be set, but not with `only_when_clear`"


def _sources(definition: Definition) -> str:
    value = ", ".join(_SOURCE_NAMES.get(source, source) for source in definition.sources)
    if not definition.base_sources:
        return value
    return f"{value}; for its N also {', '.join(definition.base_sources)}"


if __name__ == "__main__":
    sys.stdout.buffer.write(page().encode())
