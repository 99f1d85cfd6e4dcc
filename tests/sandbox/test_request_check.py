"""Every request of the run is recorded and held against Discord's specification."""

from __future__ import annotations

import json

import pytest

from sandbox.requests import RecordedRequest, RequestRecord
from sandbox.specification import TOLERATED, VALIDATOR, is_tolerated, validator, wrong_requests

pytest_plugins = ["pytester"]
SEND = "/channels/1/messages"


@pytest.fixture
def validate():
    found = validator()
    if found is None:
        pytest.skip(f"there is no {VALIDATOR} on this machine")
    return found


@pytest.fixture
def record(tmp_path):
    return RequestRecord(str(tmp_path))


def test_a_wrong_request_is_named_with_what_is_wrong(record, tmp_path, validate):
    record.add(RecordedRequest("POST", SEND, {}, {"content": "fine"}))
    record.add(RecordedRequest("POST", SEND, {}, {"content": "fine", "colour": 1}))
    record.add(RecordedRequest("GET", "/no/such/route", {}, None))
    count, wrong = wrong_requests(tmp_path, validate)
    assert count == 3
    assert [str(error) for error in wrong] == [
        f"POST {SEND}: $: unknown key 'colour'",
        "GET /no/such/route: no such route: GET /no/such/route",
    ]


def test_what_the_library_adds_by_itself_is_tolerated_only_where_it_does(record, tmp_path, validate):
    record.add(RecordedRequest("POST", "/webhooks/1/token", {}, {"content": "x", "enforce_nonce": False}))
    assert wrong_requests(tmp_path, validate) == (1, [])
    assert not is_tolerated("/applications/1/commands", "$: unknown key 'enforce_nonce'")
    assert not is_tolerated(SEND, "$.attachments[0].id: 7 is not of type 'string'")


def test_each_tolerated_oddity_has_its_reason():
    assert all(len(oddity.reason.split()) >= 5 for oddity in TOLERATED)


def test_a_record_without_a_folder_stays_in_memory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    record = RequestRecord(None)
    record.add(RecordedRequest("GET", "/gateway", {}, None))
    assert len(record.requests) == 1
    assert list(tmp_path.iterdir()) == []


def test_half_characters_survive_the_record(record, tmp_path):
    record.add(RecordedRequest("POST", SEND, {}, {"content": "\ud83d"}))
    (path,) = tmp_path.glob("*.jsonl")
    assert json.loads(path.read_text())["body"]["content"] == "\ud83d"


def test_one_wrong_request_of_any_worker_fails_the_whole_run(pytester, validate, monkeypatch):
    monkeypatch.delenv("SANDBOX_REQUESTS", raising=False)
    pytester.makeconftest('pytest_plugins = ["sandbox.request_check"]')
    pytester.makepyfile(
        """
        import os
        import pytest
        from sandbox.requests import RecordedRequest, RequestRecord

        @pytest.mark.parametrize("key", ["content", "colour"])
        def test_passes(key):
            record = RequestRecord(os.environ["SANDBOX_REQUESTS"])
            record.add(RecordedRequest("POST", "/channels/1/messages", {}, {"content": "x", key: "x"}))
        """
    )
    result = pytester.runpytest_subprocess("-n", "2", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*WRONG REQUEST POST */messages: $: unknown key 'colour'*"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED
