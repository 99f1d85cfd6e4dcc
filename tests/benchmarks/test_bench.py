"""One small round of everything that `make bench` measures: that it runs and what it says, not how fast."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, contextmanager

import msgspec
import pytest

from benchmarks.contest import Benchmark, Bound, Contest, NotMeasured, Result, compete
from benchmarks.measuring import BENCHMARKS, measure
from benchmarks.results import as_json, as_table, row
from benchmarks.scale import QUICK

FIELDS = {
    "name",
    "ours",
    "limit",
    "unit",
    "against",
    "ratio",
    "bound",
    "holds",
    "spread",
    "rounds",
    "load_before",
    "not_measured",
}


@contextmanager
def no_bar(_what):
    yield lambda _done, _total: None


@pytest.fixture(scope="module")
def results():
    return asyncio.run(measure(QUICK, bar=no_bar))


def test_every_benchmark_is_a_row(results):
    content = msgspec.json.decode(as_json(results))
    assert set(content["machine"]) == {"cores", "system", "python", "sqlite"}
    assert [found["name"] for found in content["rows"]] == [benchmark.name for benchmark in BENCHMARKS]
    assert all(set(found) == FIELDS for found in content["rows"])
    assert as_table(results).row_count == len(BENCHMARKS)


def test_a_row_with_a_limit_has_a_ratio_and_a_verdict(results):
    for found in map(row, results):
        if found["not_measured"]:
            assert found["holds"] is None
            continue
        least, greatest = found["spread"]
        assert found["ours"] > 0
        assert 0 < least <= greatest
        assert found["rounds"] == 1
        limited = [found[field] is not None for field in ("limit", "against", "ratio")]
        assert all(limited) or not any(limited)
        assert (found["holds"] is None) == (found["bound"] is None)


def test_a_row_that_is_measured_again_takes_the_place_of_its_older_one():
    def named(name, ours):
        return Result(Benchmark(name, "s", begin=None), [ours])

    before = as_json([named("journal", 1.0), named("loader", 2.0)])
    rows = msgspec.json.decode(as_json([named("journal", 5.0), named("rebuild", 7.0)], before))["rows"]
    assert [(row["name"], row["ours"]) for row in rows] == [
        ("journal", 5.0),
        ("loader", 2.0),
        ("rebuild", 7.0),
    ]


def result_of(bound, ours, limits):
    return Result(Benchmark("", "s", begin=None, bound=bound), ours, limits)


def test_what_does_not_hold_is_said_not_to_hold():
    missed = row(result_of(Bound("≥", 0.5), [4.0, 1.0, 9.0], [10.0, 10.0, 10.0]))
    assert (missed["ratio"], missed["spread"], missed["holds"]) == (0.4, [0.1, 0.9], False)
    kept = row(result_of(Bound("≤", 6), [30.0], [10.0]))
    assert (kept["ratio"], kept["bound"], kept["holds"]) == (3.0, "≤ 6", True)


async def test_what_cannot_run_here_is_a_row_that_says_so():
    @asynccontextmanager
    async def begin(_material):
        raise NotMeasured("there is no such database here")
        yield

    found = row(await compete(Benchmark("", "s", begin, bound=Bound("≥", 0.2)), material=None, rounds=2))
    assert found["not_measured"] == "there is no such database here"
    assert (found["ours"], found["ratio"], found["holds"], found["spread"]) == (None, None, None, [])


async def test_ours_and_the_limit_take_turns_at_being_first():
    runs = []

    async def run(name):
        runs.append(name)
        return 1.0

    @asynccontextmanager
    async def begin(_material):
        yield Contest(lambda: run("ours"), lambda: run("limit"))

    await compete(Benchmark("", "s", begin), material=None, rounds=2)
    assert runs == ["limit", "ours", "ours", "limit"]
