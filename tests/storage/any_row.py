"""Rows of every type that the fold reads, made from the types of their bodies, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from storage import facts
from storage.facts.reading import Reader

START_MS = 1_774_720_800_000  # 28 March 2026, 18:00 UTC, hours before the clocks change in Berlin
MINUTE_MS = 60_000
IDS = (1, 2, 3, 50, 51)
TEXTS = ("aa", "bb", "profile")
MOMENTS = st.integers(-600, 1200).map(lambda minutes: START_MS + minutes * MINUTE_MS)
PEOPLE = st.none() | st.integers(1, 4)


ROLES = ("creator", "host", "hosts", "subject", "member", "made_by", "interested", "declined")


def body_of(reader: Reader) -> Any:
    """What a reader decodes."""
    known = [cell.cell_contents for cell in reader.__closure__ or ()]
    known += [reader.__globals__[name] for name in reader.__code__.co_names if name in reader.__globals__]
    (decoder,) = {
        id(one.__self__): one.__self__
        for one in known
        if isinstance(getattr(one, "__self__", None), msgspec.json.Decoder)
    }.values()
    return decoder.type


def _bodies(reader: Reader) -> st.SearchStrategy[dict[str, Any]]:
    return _values(inspect.type_info(body_of(reader)), "")


def _values(kind: inspect.Type, name: str) -> st.SearchStrategy[Any]:
    simple: dict[type, Callable[[], st.SearchStrategy[Any]]] = {
        inspect.BoolType: st.booleans,
        inspect.NoneType: st.none,
        inspect.StrType: lambda: st.sampled_from(TEXTS),
        inspect.AnyType: lambda: st.sampled_from(TEXTS),
        inspect.CustomType: lambda: st.sampled_from(TEXTS),
    }
    if type(kind) in simple:
        return simple[type(kind)]()
    match kind:
        case inspect.IntType():
            is_moment = name.endswith("_ms") and _allows(kind, START_MS)
            return MOMENTS if is_moment else st.sampled_from([one for one in IDS if _allows(kind, one)])
        case inspect.FloatType():
            return st.sampled_from((0.0, 1.5))
        case inspect.LiteralType():
            return st.sampled_from(kind.values)
        case inspect.UnionType():
            return st.one_of(*(_values(one, name) for one in kind.types))
        case inspect.StructType():
            return _objects(kind)
        case inspect.DictType():
            return st.dictionaries(st.sampled_from(TEXTS), _values(kind.value_type, name), max_size=2)
        case inspect.VarTupleType() | inspect.ListType() | inspect.SetType() | inspect.FrozenSetType():
            return st.lists(_values(kind.item_type, name), max_size=3)
    raise NotImplementedError(f"{name}: {kind}")


def _allows(kind: inspect.IntType, number: int) -> bool:
    least = kind.ge if kind.gt is None else kind.gt + 1
    most = kind.le if kind.lt is None else kind.lt - 1
    return (least is None or least <= number) and (most is None or number <= most)


def _objects(kind: inspect.StructType) -> st.SearchStrategy[dict[str, Any]]:
    values = {field.encode_name: _values(field.type, field.encode_name) for field in kind.fields}
    required = {field.encode_name for field in kind.fields if field.required}
    if kind.tag_field is not None:
        values[kind.tag_field] = st.just(kind.tag)
        required.add(kind.tag_field)
    return st.fixed_dictionaries(
        {name: value for name, value in values.items() if name in required},
        optional={name: value for name, value in values.items() if name not in required},
    )


def rows_of(type_: str) -> st.SearchStrategy[Any]:
    others = st.none() | st.dictionaries(
        st.sampled_from(ROLES), st.lists(st.integers(1, 4), max_size=2), max_size=2
    )
    return st.tuples(
        st.just(type_), PEOPLE, _bodies(facts._READERS[type_]), others, st.sampled_from((0, 0, 0, 30))
    )


row = st.one_of(*(rows_of(type_) for type_ in sorted(facts._READERS)))
later = st.sampled_from((0, 1, 7, 90, 700))  # minutes
logs = st.lists(st.tuples(later, row), min_size=5, max_size=60)


def tell(history: Any, log: Any) -> None:
    now_ms = START_MS
    for minutes, (type_, person, body, others, late) in log:
        now_ms += minutes * MINUTE_MS
        history.row(type_, person, body, now_ms, now_ms + late * MINUTE_MS, others=others)
