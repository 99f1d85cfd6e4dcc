"""Everything that the bot can be asked, once: so that `--once` leaves every message and picture behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.community_place import GENERAL
from sandbox.demo import Demo

BUTTON = 2

Json = dict[str, Any]


async def tour(demo: Demo) -> None:
    """Staff look at the health and open all of the digest; an organizer looks at the latest event."""
    stage = demo.stage
    await demo.ask("insights health")
    for custom_id in _buttons(_digest(demo)):
        await demo.press(stage.viewer_id, _digest(demo), custom_id)
    asked = await demo.ask("insights event", by=stage.organizer_id, channel_id=GENERAL)
    for message in asked.messages_seen_by(stage.organizer_id):
        for custom_id in _buttons(message):
            await demo.press(stage.organizer_id, message, custom_id)


def _digest(demo: Demo) -> Json:
    """The newest message with buttons that everybody in the leadership channel sees."""
    return next(message for message in reversed(demo.stage.posted()) if message.get("components"))


def _buttons(message: Json) -> Iterator[str]:
    for row in message.get("components", ()):
        for component in row.get("components", ()):
            if component["type"] == BUTTON and "custom_id" in component:
                yield component["custom_id"]
