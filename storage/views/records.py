"""Who the members are: the one view with people's ids in it, and none for analysts."""

from __future__ import annotations

from storage.views.view import View

RECORDS = (
    View(
        "member_records",
        "One row for each member with an identity and each of their accounts elsewhere, or one without any. "
        "Who was erased has no identity, and is not here. It holds people's ids: give nobody access who does "
        "not need them.",
        {
            "guild_id": "the server's id",
            "user_id": "Discord's id of the person",
            "member_no": "their number in every table",
            "is_current": "in the server now",
            "is_bot": "a bot",
            "tier": "of config.toml, or member; who left keeps the last one",
            "first_joined_at": "the first ever join (UTC); null: not known",
            "withdrawn_at": "when they opted out (UTC); null: they did not",
            "platform": "of an account elsewhere; null: there is none",
            "external_id": "of that account, there",
            "linked_at": "when it was linked (UTC)",
        },
        """
        SELECT
            i.guild_id,
            i.user_id,
            i.member_no,
            m.is_current,
            m.is_bot,
            m.tier,
            MOMENT(m.first_join_ms) AS first_joined_at,
            MOMENT(m.withdrawn_at_ms) AS withdrawn_at,
            a.platform,
            a.external_id,
            MOMENT(a.linked_at_ms) AS linked_at
        FROM identities AS i
        JOIN members AS m ON m.guild_id = i.guild_id AND m.member_no = i.member_no
        LEFT JOIN accounts AS a ON a.guild_id = i.guild_id AND a.member_no = i.member_no
        """,
    ),
)
