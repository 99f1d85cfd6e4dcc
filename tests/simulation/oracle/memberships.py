"""Memberships: each that was seen, exactly as it was or as surely as it can be known, and never a guess."""

from __future__ import annotations

from typing import Any

from ..truth import Spell, Truth
from .findings import Findings
from .rows import Rows, touches
from .spans import both, without

UNKNOWN = "unknown"
NEAR_MS, MOST_SKEW_MS = 60_000, 20_000  # around a leave an entry is looked for
MOST_BACK_MS = 9 * 60_000  # by which the machine's clock may be set back


def check(truth: Truth, rows: Rows, findings: Findings) -> None:
    slack_ms = MOST_BACK_MS if truth.clock_was_set_back else 0
    for person in truth.people:
        if person in truth.doomed:
            continue
        found = sorted(
            (row for row in rows.spells if rows.person.get(row["member_no"]) == person),
            key=lambda row: row["joined_ms"],
        )
        spells = truth.spells[person]
        for row in found:
            findings.expect(
                any(_is_same(spell, row, slack_ms) for spell in spells),
                "a membership was one",
                lambda spells=spells, row=row: f"{tuple(row)} of {spells}",
            )
        for spell in spells:
            rows_of_it = [row for row in found if _is_same(spell, row, slack_ms)]
            if slack_ms:
                rows_of_it = rows_of_it[-1:]  # a join that the clock has not reached is split in two
            joined = {row["joined_ms"] for row in found}
            _check_spell(spell, rows_of_it, rows, joined, findings)


def _is_same(spell: Spell, row: Any, slack_ms: int) -> bool:
    """Discord tells when they joined; a clock that is ahead or behind can only shift it to its own moment."""
    joined_ms: int = row["joined_ms"]
    if spell.at.lo == 0:
        return joined_ms == spell.joined_ms
    return min(spell.joined_ms, spell.at.lo) - slack_ms <= joined_ms <= max(spell.joined_ms, spell.at.hi)


def _check_spell(spell: Spell, found: list[Any], rows: Rows, joined: set[int], findings: Findings) -> None:
    findings.expect(
        len(found) <= 1, "a membership is one row", lambda: f"{spell}: {[tuple(row) for row in found]}"
    )
    if not found:
        gaps, told = rows.covered("members", "gap"), rows.covered("members", "recorded", "late", "gap")
        is_missed = touches(gaps, spell.at.lo, spell.at.hi) or not touches(told, spell.at.lo, spell.at.hi)
        findings.expect(
            spell.left is not None and is_missed,
            "a membership that is missing lies in a gap",
            lambda: str(spell),
        )
        return
    row = found[0]
    left = spell.left
    if left is None:
        findings.expect(row["left_ms"] is None, "who is here has not left", lambda: f"{spell}: {tuple(row)}")
        return
    findings.expect(row["left_ms"] is not None, "who left is not here", lambda: f"{spell}: {tuple(row)}")
    if row["left_ms"] is None:
        return
    if abs(left.lo - spell.left_true_ms) < MOST_SKEW_MS:  # else entries and leaves are dated by other clocks
        findings.expect(
            row["ended_as"] in (UNKNOWN, spell.reason),
            "no reason is guessed",
            lambda: f"{spell}: {tuple(row)}",
        )
        whole = [(row["left_ms"] - NEAR_MS, row["left_to_ms"] + NEAR_MS)]
        is_known = not without(whole, rows.covered("removals", "recorded", "late"))
        findings.expect(
            not is_known or row["ended_as"] == spell.reason,
            "a reason that was read is known",
            lambda: f"{spell}: {tuple(row)}",
        )
    is_dated = (
        _is_dated(spell, row, rows) or row["left_ms"] in joined
    )  # by Discord's clock, with the next join
    findings.expect(is_dated, "a leave is dated", lambda: f"{spell}: {tuple(row)}")


def _is_dated(spell: Spell, row: Any, rows: Rows) -> bool:
    left = spell.left
    assert left is not None
    if row["leave_seen"] and not row["leave_estimated"]:
        return left.lo <= row["left_ms"] <= left.hi
    if row["left_ms"] > left.hi:
        return False
    surely_there = both([(row["left_ms"], left.lo)], rows.covered("members", "recorded"))
    return not surely_there or row["left_ms"] in {start for start, _ in rows.covered("members", "gap")}
