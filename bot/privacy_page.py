"""docs/privacy.md, written from the allow-list. `python -m bot.privacy_page` writes it anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from bot.allow_list import ALLOWED, ANSWERED, DROPPED, LISTED, TOLD_BY_MESSAGES, Allowed, Each, Field

PAGE: Final = Path(__file__).parent.parent / "docs" / "privacy.md"

TITLES: Final = {
    "GUILD_MEMBER_ADD": "Someone joins",
    "GUILD_MEMBER_REMOVE": "Someone leaves, is kicked or banned",
    "GUILD_MEMBER_UPDATE": "Someone's roles change",
    "GUILD_MEMBERS_CHUNK": "The list of members, asked for after a gap",
    "VOICE_STATE_UPDATE": "Someone enters, moves in or leaves voice",
    "GUILD_CREATE": "The server's state when the bot connects",
    "CHANNEL_CREATE": "A voice channel is made",
    "CHANNEL_UPDATE": "A voice channel is changed",
    "GUILD_SCHEDULED_EVENT_CREATE": "A scheduled event is created",
    "GUILD_SCHEDULED_EVENT_UPDATE": "A scheduled event is edited, begins or ends",
    "GUILD_SCHEDULED_EVENT_DELETE": "A scheduled event is deleted",
    "GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE": "One occurrence of a recurring event is moved or cancelled",
    "GUILD_SCHEDULED_EVENT_EXCEPTION_UPDATE": "A moved or cancelled occurrence is changed again",
    "GUILD_SCHEDULED_EVENT_EXCEPTION_DELETE": "A moved or cancelled occurrence is as planned again",
    "GUILD_SCHEDULED_EVENT_EXCEPTIONS_DELETE": "All occurrences of a recurring event are as planned again",
    "GUILD_SCHEDULED_EVENT_USER_ADD": "Someone is interested in an event",
    "GUILD_SCHEDULED_EVENT_USER_REMOVE": "Someone takes back their interest in an event",
    "GUILD_UPDATE": "The server's settings change",
    "GUILD_DELETE": "The server is unavailable, or the bot is removed",
    "GUILD_AUDIT_LOG_ENTRY_CREATE": "Someone is kicked or banned, or members are pruned",
    "INTERACTION_CREATE": "Someone runs a command of this bot",
    "MESSAGE_CREATE": "Someone writes a message",
}

MESSAGE_TITLES: Final = {ANSWERED: "Another bot answers a command that `config.toml` tracks"}
LISTED_TITLES: Final = {
    "GET /guilds/{guild}/scheduled-events/{event}/users": (
        "The list of those interested in an event, asked for when it begins and ends"
    ),
    "GET /guilds/{guild}/audit-logs": "Who was kicked, banned or pruned, asked for hourly and after a gap",
}

INTRODUCTION: Final = """\
# What is kept about people

<!-- Written from bot/allow_list.py by `python -m bot.privacy_page`; a test holds the two equal. -->

Guild Insights writes down what happens in a Discord server, so that its staff can see how the community
is doing. This page lists every field that it keeps. Everything else that Discord sends is dropped
before anything is written: there is no other way into the record than this list.

## Never kept

- What anyone writes or says: no message text, no pictures or files, no voice. That somebody wrote is counted,
  unless the staff switched it off (`recording.text`): who, in which channel, when.
- Who kicked or banned somebody, and why; of the audit log nothing else is read at all.
- Names: no user names, nicknames, avatars, profiles, presences, no e-mail addresses. Direct messages
  are not read.
- Who talks to whom, and scores or ratings of a person.
- Texts that someone types into a command, unless the server's staff listed that option in `config.toml`
  (`recording.command_options`). Numbers as long as an id are cut out of those, of titles and of
  names of commands.
- Of a scheduled event its description, picture and place. Its title is kept: reports call it by that.
- Anything in a channel that the staff excluded (`recording.excluded_channels`), or in a thread there. Whoever
  goes there looks as if they were nowhere, and of an event that is planned there nothing is kept
  but its id, in a row which says that the record is silent of it.

## How a person is written down

The record knows people by a number that means nothing outside this server's database. One table links
that number to the Discord user id. The bot keeps its own observations beside what Discord sends: for
each use of its commands whether it was allowed, whether it succeeded and how long it took; and of its
own recording, when it was complete. What the staff tell afterwards of an event that nobody scheduled is
kept too: title, channels, times, its hosts and who told it; and what they correct of an event, check in
and take back: its type, hosts, channels, whether it was held, who was there, and who told it. A dispatch
that is malformed or of an unknown kind is set aside with the reason, and with no more fields than those
below.

## Every field

With each of them stand the server's id, the time, and a keyed hash under which the same event is known again.
"""

ENDING: Final = """\
## Dropped whole

These kinds of dispatch are known, and nothing of them is kept, not even that they came:

{dropped}

Of a kind that is not known here, its name, the server and the time are kept, so that somebody notices.

## How long

What is recorded is kept until the server's staff delete it: there is no expiry yet. Between Discord and
the database everything passes a local file that holds Discord user ids, from which it is deleted once
it is loaded. Numbers of closed weeks and months (for example “187 people were active that week”) are kept
in the database. When a person is erased they are computed again without them, and what they were before
is forgotten: within minutes where the bot runs, else with its next run. What was posted stays as it is.

## Leaving the record

Ask the server's staff. They run `insights erase USER_ID`. That deletes the row that links your Discord
id to your number, your linked accounts, whatever was set aside about you, and what still waits in the
local file. Your rows then belong to a number that leads to nobody, and you are left out of every
figure, past and present. The erasure is remembered as a keyed hash outside the database, so that it
holds after a backup is restored, and so that nothing is recorded of you again. If you are in a voice
channel, a random-looking mark stands for your stay, only so that others there do not appear to be
alone; without the bot's secret key it cannot be traced to you, nor to another stay.

Backups that the server's operators made before still hold what they held. When one is restored, the
erasure is applied to it again.
"""


def page() -> str:
    """The whole page, as Markdown."""
    sections = [
        *[_section(TITLES[dispatch], f"`{dispatch}`", allowed) for dispatch, allowed in ALLOWED.items()],
        *[
            _section(MESSAGE_TITLES[kept], f"`MESSAGE_CREATE`, kept as `{kept}`", allowed)
            for kept, allowed in TOLD_BY_MESSAGES.items()
        ],
        *[
            _section(LISTED_TITLES[asked], f"answer to `{asked}`", allowed)
            for asked, allowed in LISTED.items()
        ],
    ]
    dropped = ", ".join(f"`{name}`" for name in sorted(DROPPED))
    return "\n".join([INTRODUCTION, *sections, ENDING.format(dropped=_wrapped(dropped))])


def _section(title: str, source: str, allowed: Allowed) -> str:
    lines = [
        f"### {title}",
        "",
        f"Discord's {source}.",
        "",
        "| Discord's field | kept as | what for |",
        "|---|---|---|",
        *_rows(allowed),
        *[row for each in allowed.each for row in _rows(each, prefix=f"{each.path}[].")],
        *[f"| `{part.path}` | `{part.kept_as}` | {part.reason} |" for part in allowed.parts],
    ]
    if allowed.passing:
        lines += ["", "Read and not kept:", ""]
        lines += [f"- `{passing.path}`: {passing.reason}" for passing in allowed.passing]
    return "\n".join([*lines, ""])


def _rows(source: Allowed | Each, prefix: str = "") -> Iterator[str]:
    if source.person:
        yield f"| `{prefix}{source.person}` | the person's number | {source.person_reason} |"
    if source.other:
        yield f"| `{prefix}{source.other.path}` | the person's number | {source.other.reason} |"
    yield from _fields(source.fields, prefix)


def _fields(fields: Iterable[Field], prefix: str, kept_in: str = "") -> Iterator[str]:
    for field in fields:
        paths = ", ".join(f"`{prefix}{path}`" for path in field.paths)
        yield f"| {paths} | `{kept_in}{field.kept_as}` | {field.reason} |"
        yield from _fields(field.inner, f"{prefix}{field.paths[0]}[].", f"{field.kept_as}[].")


def _wrapped(text: str, width: int = 110) -> str:
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
