from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.presentation.people import Group, roll

SNOWFLAKES = st.integers(1, 2**63 - 1)


def test_each_group_with_people_is_a_block_with_its_number():
    text = roll([Group("Attended", [1, 2]), Group("Walk-ins", []), Group("Only partly", [3])], 4096)

    assert text == "**Attended** · 2\n<@1> <@2>\n\n**Only partly** · 1\n<@3>"


def test_a_small_group_is_whole_and_the_large_ones_share_what_is_left():
    groups = [Group(title, range(10**18, 10**18 + n)) for title, n in (("A", 300), ("B", 3), ("C", 300))]
    first, small, last = roll(groups, 4096).split("\n\n")

    assert small.count("<@") == 3
    assert abs(first.count("<@") - last.count("<@")) <= 1
    assert first.endswith(f"… and {300 - first.count('<@')} more: see the CSV")


def test_where_there_is_no_room_at_all_the_numbers_stand():
    assert roll([Group("Attended", range(10**18, 10**18 + 9))], 60) == (
        "**Attended** · 9\n… and 9 more: see the CSV"
    )


@given(st.lists(st.lists(SNOWFLAKES, max_size=400), max_size=4), st.integers(400, 4096))
def test_it_never_grows_beyond_its_limit_and_accounts_for_everybody(people, limit):
    text = roll([Group(f"Group {n}", ids) for n, ids in enumerate(people)], limit)
    blocks = text.split("\n\n") if text else []

    assert len(text) <= limit
    assert len(blocks) == sum(map(bool, people))
    for block, ids in zip(blocks, filter(None, people), strict=True):
        left_out = int(block.split("… and ")[1].split()[0]) if "… and " in block else 0
        assert block.count("<@") + left_out == len(ids)
        assert block.split("\n")[0].endswith(f" · {len(ids)}")
