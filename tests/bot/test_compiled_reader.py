"""What a compiled reader takes out of an object."""

from __future__ import annotations

from typing import Any

from bot.compiled_reader import At, compiled_reader
from bot.well_formed import ABSENT, UNTOLD


def taken(*parts: object) -> tuple[object, ...]:
    return parts


class LookedUp(dict[str, Any]):
    """An object that counts how often each of its fields is asked for."""

    def __init__(self, fields: dict[str, Any]) -> None:
        super().__init__(fields)
        self.asked: list[str] = []

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.append(name)
        return super().get(name, default)


def test_parts_come_in_the_order_in_which_they_are_declared():
    read = compiled_reader(taken, "a type", At("b"), None, (At("a"), (At("d"), At("c"))))
    assert read({"a": 1, "b": "2", "c": None, "d": 4.5}) == ("a type", "2", ABSENT, (1, (4.5, None)))


def test_a_field_is_absent_and_of_an_object_that_is_not_there_it_is_untold():
    read = compiled_reader(taken, At("id"), At("member.nick"), At("member.user.id"))
    assert read({}) == (ABSENT, UNTOLD, UNTOLD)
    assert read({"member": {"user": None}}) == (ABSENT, ABSENT, UNTOLD)
    assert read({"member": {"user": {"id": "7"}}}) == (ABSENT, ABSENT, "7")


def test_what_is_no_scalar_is_copied_in_its_own_way():
    read = compiled_reader(taken, At("roles"), At("user"), At("exceptions", len))
    data = {"roles": ["1", {"id": "2"}], "user": {"id": "3"}, "exceptions": [{}, {}]}
    assert read(data) == (("1", dict), dict, 2)


def test_a_nested_object_is_looked_up_once_for_all_of_its_fields():
    data = LookedUp({"user": {"id": "1", "bot": True}})
    assert compiled_reader(taken, At("user.id"), At("user.bot"))(data) == ("1", True)
    assert data.asked == ["user"]
