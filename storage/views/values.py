"""The columns that every view of published values has, and its query."""

from __future__ import annotations

from storage.views.view import View

COLUMNS = {
    "guild_id": "the server's id",
    "period": "2026-W46 or 2026-11",
    "first_day": "of the period, a local date",
    "last_day": "of the period, a local date, inclusive",
    "kpi": "the number's name, as in docs/kpis.md",
    "cut_by": "what it is cut by: part (of a sum), source, series, segment, tier …; empty: it is whole",
    "cut": "which one of those; empty: it is whole",
    "value": "shares from 0 to 1; null: not defined, not known, or a rate of fewer than 10 people",
    "numerator": "n, where there is one",
    "denominator": "N, where there is one",
    "low": "of the 95 % interval, in the value's unit; null: there is none",
    "high": "of the 95 % interval",
    "recorded": "the share of what it needs that was recorded, 0 to 1; below 0.8 compare it with nothing",
    "previous_value": (
        "the value in the row of the period before; null where it has none. Of what looks back further than "
        "its period (the last held, four weeks, a cohort) the two overlap; reports compare with what came "
        "before it"
    ),
    "first_value": "as first published under the same formula, rules and settings",
    "is_corrected": "whether the value is another than it was first",
    "corrected_at": "when it became so (UTC); null: it did not",
    "computed_at": "when the value was computed (UTC)",
    "formula_version": "of the KPI, as in docs/kpis.md",
    "rules": "the fingerprint of the rules that the tables stood under",
    "settings": "the fingerprint of the settings and formulas that it was computed under",
}

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
        {further}
    FROM kpi_values AS v
    {joins}
    WHERE v.period_kind = '{kind}' AND v.layer IN ({layers})
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
    return View(
        name,
        f"One row for each closed {kind}, number and cut of it.",
        {**COLUMNS, **(columns or {})},
        QUERY.format(
            kind=kind, layers=", ".join(f"'{layer}'" for layer in layers), further=selected, joins=joins
        ),
    )
