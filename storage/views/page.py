"""docs/views.md, made of the views: `python -m storage.views.page > docs/views.md`."""

from __future__ import annotations

import sys

from storage.views import VIEWS, View
from storage.views.questions import QUESTIONS, Question
from storage.views.unpublished import UNPUBLISHED

INTRODUCTION = """# Views for analysts and dashboards

This page is made of `storage/views/`, by `python -m storage.views.page`. The views are in the warehouse, on
SQLite and on PostgreSQL, with the same columns and numbers. Names end with a version: what a column of it
means never changes, new columns come at the end, and another meaning is another view beside it.

- **No people's ids** are in them, nor member numbers, except in `member_records`, which is for whoever looks
  after the members. On PostgreSQL, grant `SELECT` on the others only, and not on tables.
- **Small groups**: numbers of the people of a segment, tier, platform or month of joining, and of who joined,
  left or was active on a day, are withheld where they are of fewer than `privacy.min_group` people or would
  tell a number that is (`is_withheld`). All other cells are exact and may be of few people, those of cohorts
  and of single events, too, because sums need them: what is made of them for others has to withhold small
  groups as the bot's posts do.
- **Dates** are local ones of the guild's zone, moments are UTC. On PostgreSQL they are `date` and
  `timestamptz`, on SQLite text, as `2026-11-09` and `2026-11-09T08:00:00Z`.
- **Numbers of periods** are those of closed weeks and months. The bot writes them soon after a period ends,
  and again when late data changes it: `is_corrected` says so, and `first_value` what it was. Where no bot
  runs, as over files that the demo wrote, `insights kpi-values` does. What they mean, and in which unit
  they are, says [kpis.md](kpis.md), by the name in `kpi`.
- **Rows of different `rules` or `settings`** were counted differently: after a change all are computed
  again, and for some minutes both kinds are there. Weeks that another `week_start` or zone had are removed
  at once: until the new ones are computed, there are none in their place.

## Questions
"""


def page() -> str:
    return "\n".join((INTRODUCTION, *map(_answer, QUESTIONS), *map(_entry, VIEWS), _unpublished()))


def _unpublished() -> str:
    told = (f"- {', '.join(f'`{name}`' for name in names)} {why}." for names, why in UNPUBLISHED)
    beginning = "Every other number of [kpis.md](kpis.md) is in a weekly, a monthly or a daily view."
    return "\n".join(("## What is in no view of periods\n", f"{beginning}\n", *told)) + "\n"


def _answer(question: Question) -> str:
    return f"**{question.asks}**\n{question.note}\n\n```sql\n{question.query.strip()}\n```\n"


def _entry(view: View) -> str:
    rows = "\n".join(f"| `{column}` | {meaning} |" for column, meaning in view.columns.items())
    return f"## {view.name}\n\n{view.about}\n\n| | |\n|---|---|\n{rows}\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(page().encode())
