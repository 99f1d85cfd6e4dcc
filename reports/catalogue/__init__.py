"""Every KPI once: its name, meaning, formula and needs. docs/kpis.md is made of it."""

from __future__ import annotations

from reports.catalogue.churn import CHURN, DAILY
from reports.catalogue.community import COMMUNITY
from reports.catalogue.definition import ALL_SOURCES, QUALIFYING, Definition, Unit
from reports.catalogue.events import EVENTS
from reports.catalogue.lifecycle import FUNNEL_ALONE, LIFECYCLE
from reports.catalogue.occurrence import OCCURRENCE
from reports.catalogue.platform import COMMANDS_ALONE, PLATFORM
from reports.catalogue.quality import QUALITY, QUALITY_ALONE
from reports.catalogue.series import SERIES

__all__ = [
    "ACTIVITY_SOURCES",
    "ALL_SOURCES",
    "CATALOGUE",
    "DEFINITIONS",
    "LAYERS",
    "QUALIFYING",
    "STANDS_FOR",
    "WATCHABLE",
    "Definition",
    "Unit",
    "active_sources",
    "label_of",
    "layer_of",
    "resolve",
]

# Where the recording of an activity comes from. Activities of other platforms bring their own recording.
# Being at an event is being in voice: without a record of events only who came deafened is missed.
ACTIVITY_SOURCES: dict[str, tuple[str, ...]] = {
    "voice": ("voice",),
    "event": ("voice",),
    "command": ("commands",),
    "text": ("text",),
}

DEFINITIONS = (
    *COMMUNITY,
    *LIFECYCLE,
    *FUNNEL_ALONE,
    *CHURN,
    *DAILY,
    *EVENTS,
    *OCCURRENCE,
    *SERIES,
    *PLATFORM,
    *COMMANDS_ALONE,
    *QUALITY,
    *QUALITY_ALONE,
)

# Who asks for it: the leaders, the organizers, the engineers of the platform, whoever looks after the record.
LAYERS = {
    "community": (*COMMUNITY, *LIFECYCLE, *CHURN, *DAILY),
    "events": (*EVENTS, *OCCURRENCE, *SERIES),
    "platform": (*FUNNEL_ALONE, *PLATFORM, *COMMANDS_ALONE),
    "quality": (*QUALITY, *QUALITY_ALONE),
}
_LAYER_OF = {
    **{definition.name: layer for layer, definitions in LAYERS.items() for definition in definitions},
    **dict.fromkeys(("classification_coverage", "event_completeness"), "quality"),
    **dict.fromkeys(("funnel_first_command", "funnel_first_event", "funnel_any_event"), "platform"),
}

# In a report of a month the first of each stands where the second does in one of a week, under its name.
STANDS_FOR = {
    "monthly_active_members": "weekly_active_members",
    "soft_churn": "soft_attrition",
    "hard_churn": "hard_attrition",
}

CATALOGUE = {definition.name: definition for definition in DEFINITIONS}

WATCHABLE = tuple(sorted(definition.name for definition in DEFINITIONS if definition.can_be_watched))


def layer_of(name: str) -> str:
    return _LAYER_OF[name]


_CUT_TO = {
    **{"series_": "series", "type_": "event_type", "command_": "command", "id_": "platform"},
    "daily_": "day",
}


def cut_to(name: str) -> str:
    """What a cut of a KPI names, where its report says nothing else: a series, a day …, else a source."""
    return next((kind for prefix, kind in _CUT_TO.items() if name.startswith(prefix)), "source")


def label_of(name: str, cut: str = "") -> str:
    definition = CATALOGUE[name]
    return definition.cut_label.format(label=definition.label, cut=cut) if cut else definition.label


def active_sources(qualifying: tuple[str, ...]) -> tuple[str, ...]:
    """The recording that "active" depends on, sorted and without repeats."""
    return tuple(sorted({source for activity in qualifying for source in ACTIVITY_SOURCES.get(activity, ())}))


def resolve(sources: tuple[str, ...], qualifying: tuple[str, ...]) -> tuple[str, ...]:
    """A definition's sources with the two stand-ins replaced."""
    active = active_sources(qualifying)
    stands_for = {QUALIFYING: active, ALL_SOURCES: (*active, "voice", "members", "events")}
    return tuple(sorted({name for source in sources for name in stands_for.get(source, (source,))}))
