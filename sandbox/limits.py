"""The numbers that Discord publishes, and those that it leaves open; a test may narrow any of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    # Gateway, "Sending heartbeats": the interval comes from Hello, 45 s in the documentation's example.
    heartbeat_interval_ms: int = 41_250
    # Gateway, "Rate Limiting" and "Sending Events".
    sends_per_minute: int = 120
    send_bytes: int = 4096
    # Gateway, "Identifying".
    identifies_per_day: int = 1000
    # Not published ("a few minutes", Gateway, "Initiating a Disconnect").
    session_kept_s: float = 180.0
    replayed_dispatches: int = 50_000
    # Change Log, "Introducing Rate Limit When Requesting All Guild Members"; Gateway Events, "Rate Limited".
    whole_member_lists_every_s: float = 30.0
    members_a_chunk: int = 1000
    # Rate Limits, "Global Rate Limit". Limits of single routes are not published: see faults.RateLimit.
    requests_per_second: int = 50
    # Interactions, "Receiving and Responding": Responding to an Interaction.
    acknowledge_within_s: float = 3.0
    token_lives_s: float = 15 * 60.0
    # Message resource, "Create Message": uniqueness of a nonce "in the past few minutes".
    nonce_remembered_s: float = 300.0
    # Reference, "Uploading Files": the default limit of a file.
    file_bytes: int = 10 * 1024 * 1024
