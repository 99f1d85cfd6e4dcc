"""The digest of the evening's week: posted once, whatever happens to the bot, and its buttons answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

from PIL import Image

from storage.tables import digest_runs

from . import evening as e
from .evening import at
from .tables import rows

LEADERSHIP, MARKER = 3000, "weekly 2026-W13"
FIVE_WEEKS_BEFORE = e.MONDAY - timedelta(weeks=5)
TUESDAYS = [at(19, day=24) - timedelta(weeks=weeks) for weeks in (3, 2, 1)]
TALKERS = range(e.OWNER + 1, e.OWNER + 13)  # those five who come to the inhouse, and seven more
NEWCOMERS = range(
    e.OWNER + 101, e.OWNER + 111
)  # join on the first day, so that the last Tuesday is in week 4
DIGEST = f"""
[[alert]]
kpi = "weekly_active_members"
below = 6

[digest.weekly]
channel_id = {LEADERSHIP}
at = "monday 09:00"
"""


async def test_the_digest_is_posted_once_with_its_picture_and_its_buttons_answer(begin):
    journey = await begin("digest", at=FIVE_WEEKS_BEFORE, digest=DIGEST)
    await journey.start()
    await journey.settled_in()
    await journey.go_to(FIVE_WEEKS_BEFORE + timedelta(hours=2))
    for who in NEWCOMERS:
        journey.sandbox.member_joins(who)
    for tuesday in TUESDAYS[:-1]:
        await talk(journey, tuesday, *TALKERS)
    await talk(journey, TUESDAYS[-1], *TALKERS, *NEWCOMERS[:4])
    await e.be_told(journey)
    await journey.go_to(e.MONDAY_AFTER - timedelta(minutes=10))
    await journey.in_tables()
    await journey.kill()
    assert digests(journey) == []

    journey.draws = True
    await start_at(journey, e.MONDAY_AFTER)
    await journey.until(lambda: bool(digests(journey)), "the digest")
    await journey.in_tables()
    await journey.kill()
    await start_at(journey, e.MONDAY_AFTER + timedelta(minutes=30))
    (digest,) = digests(journey)
    it_says_what_was_reckoned(digest)
    it_has_four_panels(journey, digest)
    await its_buttons_answer(journey, digest)
    await journey.stop()
    await start_at(journey, e.MONDAY_AFTER + timedelta(hours=2))
    assert len(digests(journey)) == 1
    runs = await rows(journey, digest_runs, "period", "status", "late")
    assert [run for run in runs if run[0] == "2026-W13"] == [("2026-W13", "posted", False)]


async def talk(journey, moment: datetime, *people: int) -> None:
    """An hour and a half together in voice."""
    await journey.go_to(moment)
    for who in people:
        journey.sandbox.voice(who, e.RED)
    await journey.go_to(moment + timedelta(minutes=90))
    for who in people:
        journey.sandbox.voice(who, None)


async def start_at(journey, moment: datetime) -> None:
    """The bot looks for digests that are due as soon as it is there."""
    journey.clock.put(moment)
    await journey.start()
    await journey.in_tables()


def digests(journey) -> list[dict]:
    posted = [m for m in journey.sandbox.messages(LEADERSHIP) if m["embeds"]]
    return [m for m in posted if MARKER in m["embeds"][0]["footer"]["text"]]


def it_says_what_was_reckoned(digest) -> None:
    assert digest["content"] == "5 people were active, 11 fewer than the week before: clearly worse."
    assert not digest["flags"], "everybody in the channel sees it"
    assert digest["mentions"] == []
    said = digest["embeds"][0]["description"].replace("\u00a0", " ").splitlines()
    for line in (
        "⚠️ Active members **5** of 35 · alert below 6 · was 16 · ▼ **clearly worse**",
        "Dropped out **11** (11 quiet) · was 0",
        "Core **12**, regular **0** · was 12, 0",
        "Events held **1** · was 0",
        r"Thursday \*Inhouse\* 🎮 **5**",
        "Recorded **100 %** (167/167 h) · was 100 %",  # the clocks went forward
    ):
        assert line in said, "\n".join(said)
    assert "2/6" not in str(digest), "two people who stayed away are too few to be told of in a channel"


def it_has_four_panels(journey, digest) -> None:
    (picture,) = digest["attachments"]
    assert picture["filename"] == "weekly-2026-W13.png"
    panels = picture["description"].replace("\u00a0", " ").partition(": ")[2].split("; ")
    assert panels == [
        "Active members 5, was 16 · clearly worse",
        "Net change −11, 0 in, 11 out · was +4",
        "At an event 5, was 0 · too few to judge",
        "Active in week 4 40 %, was 40 %.",
    ]
    content, _ = journey.sandbox.attachment(picture["id"])
    with Image.open(BytesIO(content)) as image:
        assert (image.format, image.width) == ("PNG", 1200)


async def its_buttons_answer(journey, digest) -> None:
    for label, content in (
        ("Growth", digest["content"]),
        ("Segments", "6 dormant; 12 core."),
        ("Retention", "40 % of newcomers are active in week 4."),
        ("Events", "1 event held so far."),
    ):
        (answer,) = await e.press(journey, e.OWNER, digest, label)
        assert answer["content"].replace("\u00a0", " ") == content
        assert answer["embeds"][0]["title"] == f"{label} · Week 13 · 23–29 Mar 2026"
        assert [file["filename"] for file in answer["attachments"]] == [f"{label.lower()}-2026-W13.png"]
    first, *_ = await e.press(journey, e.OWNER, digest, "How counted")
    assert first["content"] == "How these numbers are counted"
    for label in ("Growth", "Segments", "Retention", "Events", "How counted"):
        (refused,) = await e.press(journey, e.ORGANIZER, digest, label)
        assert refused["content"].endswith("is for staff: ask someone who runs this server for such a role.")
        assert not refused["embeds"]
