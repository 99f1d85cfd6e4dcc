"""Memberships: each that was seen, exactly as it was or as surely as it can be known, and never a guess."""

from __future__ import annotations

from typing import Any

from ..truth import HIDDEN_MS, Spell, Truth
from .findings import Findings
from .rows import Rows, touches
from .spans import both, without

UNKNOWN = "unknown"
NEAR_MS, MOST_SKEW_MS = 60_000, 20_000  # around a leave an entry is looked for


def check(truth: Truth, rows: Rows, findings: Findings) -> None:
    slack_ms = truth.set_back_ms
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
        begun = {spell.joined_ms for spell in spells}
        for spell in spells:
            of_others = begun - {spell.joined_ms}  # exactly: by a clock that is ahead the times may cross
            rows_of_it = [
                row for row in found if _is_same(spell, row, slack_ms) and row["joined_ms"] not in of_others
            ]
            if slack_ms:
                rows_of_it = rows_of_it[-1:]  # a join that the clock has not reached is split in two
            joined = {row["joined_ms"] for row in found}
            _check_spell(spell, rows_of_it, rows, findings, joined=joined, others=spells, slack_ms=slack_ms)


def _is_same(spell: Spell, row: Any, slack_ms: int) -> bool:
    """Discord tells when they joined; a clock that is ahead or behind can only shift it to its own moment."""
    joined_ms: int = row["joined_ms"]
    if spell.at.lo == 0:
        return joined_ms == spell.joined_ms
    return min(spell.joined_ms, spell.at.lo) - slack_ms <= joined_ms <= max(spell.joined_ms, spell.at.hi)


def _check_spell(
    spell: Spell,
    found: list[Any],
    rows: Rows,
    findings: Findings,
    *,
    joined: set[int],
    others: list[Spell],
    slack_ms: int,
) -> None:
    findings.expect(
        len(found) <= 1, "a membership is one row", lambda: f"{spell}: {[tuple(row) for row in found]}"
    )
    if not found:
        gaps, told = rows.missed("members"), rows.heard("members", "recorded", "late", "gap")
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
        reasons = {spell.reason} | _unseen_between(row, others)
        findings.expect(
            row["ended_as"] in (UNKNOWN, *reasons),
            "no reason is guessed",
            lambda: f"{spell}: {tuple(row)}",
        )
        whole = [(row["left_ms"] - NEAR_MS, row["left_to_ms"] + NEAR_MS)]
        is_known = not without(whole, rows.heard("removals", "recorded", "late"))
        findings.expect(
            not is_known or row["ended_as"] in reasons,
            "a reason that was read is known",
            lambda: f"{spell}: {tuple(row)}",
        )
    is_dated = (
        _is_dated(spell, row, rows, slack_ms) or row["left_ms"] in joined
    )  # by Discord's clock, with the next join
    findings.expect(is_dated, "a leave is dated", lambda: f"{spell}: {tuple(row)}")


def _unseen_between(row: Any, spells: list[Spell]) -> set[str]:
    """Whoever came back unseen and went again has ended the membership that was known in that way, too."""
    return {
        spell.reason
        for spell in spells
        if spell.left is not None
        and row["left_ms"] - NEAR_MS <= spell.left_true_ms <= row["left_to_ms"] + NEAR_MS
    }


def _is_dated(spell: Spell, row: Any, rows: Rows, slack_ms: int) -> bool:
    left = spell.left
    assert left is not None
    hidden_ms = HIDDEN_MS if slack_ms else 0
    if row["leave_seen"] and not row["leave_estimated"]:
        return left.lo - slack_ms <= row["left_ms"] <= left.hi + hidden_ms
    if slack_ms and spell.at.hi < spell.joined_ms:
        return True  # by a clock that stood behind, they went before they joined
    if row["left_ms"] > left.hi + hidden_ms:
        return False
    surely_there = both([(row["left_ms"] + slack_ms, left.lo)], rows.heard_once("members", "recorded"))
    return not surely_there or row["left_ms"] in rows.gap_starts("members")
