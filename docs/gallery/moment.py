"""Which club, and when: a Monday evening, with last week's digest in the channel and a Sunday behind."""

from __future__ import annotations

from datetime import datetime

from sandbox.community_place import ZONE
from sandbox.demo_show import Play

PLAY = Play(seed=3, now=datetime(2026, 11, 23, 20, 30, tzinfo=ZONE))
EVENT_TYPED = "sunday 22 nov"
