"""The columns that every view of published values has, and its query."""

from __future__ import annotations

from storage.views.view import View

COLUMNS = {
    "guild_id": "the server's id",
    "period": "2026-W46 or 2026-11",
    "first_day": "of the period, a local date",
    "last_day": "of the period, a local date, inclusive",
    "kpi": "the number's name, as in docs/kpis.md",
    "cut_by": (
        "what it is cut by: part (of a sum), source, series, event_type, command; of people: segment, tier, "
        "platform, joined (the month); empty: it is whole"
    ),
    "cut": "which one of those, as reports are cut to it; empty: it is whole",
    "value": (
        "shares from 0 to 1, but where `cut_by` is part how many the part is of; null: not defined, not "
        "known, withheld, or a rate of fewer than 10 people"
    ),
    "numerator": "n, where there is one; times in whole seconds",
    "denominator": "N, where there is one",
    "low": "of the 95 % interval, in the value's unit; null: there is none",
    "high": "of the 95 % interval",
    "recorded": "the share of what it needs that was recorded, 0 to 1; below 0.8 compare it with nothing",
    "previous_value": (
        "the value in the row of the period before; null where it has none. Of what looks back further than "
        "its period (the last held, four weeks, a cohort) the two overlap; reports compare with what came "
        "before it"
    ),
    "first_value": (
        "as first published under the same formula, rules and settings; of a corrected number of some "
        "people null: it may have been of too few"
    ),
    "is_corrected": "whether the value is another than it was first",
    "corrected_at": "when it became so (UTC); null: it did not",
    "computed_at": "when the value was computed (UTC)",
    "formula_version": "of the KPI, as in docs/kpis.md",
    "rules": "the fingerprint of the rules that the tables stood under",
    "settings": "the fingerprint of the settings and formulas that it was computed under",
}

LAST_COLUMNS = {
    "is_withheld": (
        "whether the row's numbers are null, and no correction is told of, because they are of too few "
        "people (`privacy.min_group`) or would tell a number that is. So it is with people of a segment, "
        "tier, platform or month of joining, with id_coverage, and with no-shows by event type"
    ),
}

# What analysts may see of each row; what is of some people is theirs only while it is not of too few.
SHOWN = """
    SELECT
        guild_id,
        period,
        first_day,
        last_day,
        kpi,
        cut_by,
        cut,
        layer,
        CASE WHEN NOT is_withheld THEN value END AS value,
        CASE WHEN NOT is_withheld THEN numerator END AS numerator,
        CASE WHEN NOT is_withheld THEN denominator END AS denominator,
        CASE WHEN NOT is_withheld THEN low END AS low,
        CASE WHEN NOT is_withheld THEN high END AS high,
        coverage,
        CASE
            WHEN NOT is_withheld
                AND (corrected_at_ms IS NULL OR cut_by NOT IN ('segment', 'tier', 'platform', 'joined'))
            THEN first_value
        END AS first_value,
        CASE WHEN NOT is_withheld THEN corrected_at_ms END AS corrected_at_ms,
        computed_at_ms,
        version,
        rules,
        settings,
        is_withheld
    FROM kpi_values
    WHERE period_kind = '{kind}' AND layer IN ({layers}) AND cut_by <> 'day'
"""

QUERY = """
    SELECT
        v.guild_id,
        v.period,
        DAY(v.first_day) AS first_day,
        DAY(v.last_day) AS last_day,
        v.kpi,
        v.cut_by,
        v.cut,
        v.value,
        v.numerator,
        v.denominator,
        v.low,
        v.high,
        v.coverage AS recorded,
        CASE
            WHEN LAG(v.last_day) OVER before = v.first_day - 1
                AND LAG(v.version) OVER before = v.version
                AND LAG(v.rules) OVER before = v.rules
                AND LAG(v.settings) OVER before = v.settings
            THEN LAG(v.value) OVER before
        END AS previous_value,
        v.first_value,
        v.corrected_at_ms IS NOT NULL AS is_corrected,
        MOMENT(v.corrected_at_ms) AS corrected_at,
        MOMENT(v.computed_at_ms) AS computed_at,
        v.version AS formula_version,
        v.rules,
        v.settings
        {further},
        v.is_withheld
    FROM ({shown}) AS v
    {joins}
    WINDOW before AS (PARTITION BY v.guild_id, v.kpi, v.cut_by, v.cut ORDER BY v.first_day)
"""


def of_values(
    name: str,
    kind: str,
    layers: tuple[str, ...],
    *,
    further: dict[str, str] | None = None,
    columns: dict[str, str] | None = None,
    joins: str = "",
) -> View:
    """Of one kind of period and some layers. `further`: expressions by the names that `columns` explains."""
    selected = "".join(f", {expression} AS {column}" for column, expression in (further or {}).items())
    shown = SHOWN.format(kind=kind, layers=", ".join(f"'{layer}'" for layer in layers))
    return View(
        name,
        f"One row for each closed {kind}, number and cut of it.",
        {**COLUMNS, **(columns or {}), **LAST_COLUMNS},
        QUERY.format(shown=shown, further=selected, joins=joins),
    )
