"""What config.toml may say about reports: who is in which segment, and which values are worth an alert."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from bot.setting_kinds import ActivityName, Many, Snowflake, Table, nearest, refusal
from reports.catalogue import CATALOGUE, WATCHABLE, Unit
from reports.report import Side
from reports.settings import AlertRule, CoreRule, SegmentSettings


class Core(Table):
    min_blocks: int = Field(3, ge=1, le=4, description="a whole number from 1 to 4")
    min_events: int = Field(2, ge=1, le=100, description="a whole number of events from 1 to 100")
    min_voice_hours: float = Field(4.0, gt=0, le=672, description="a number of hours above 0, at most 672")
    min_counts: dict[ActivityName, Annotated[int, Field(ge=1)]] = Field(
        {}, description="a table of activities and whole numbers such as { dota_match = 8 }"
    )

    def rule(self) -> CoreRule:
        counts = tuple(sorted(self.min_counts.items()))
        return CoreRule(self.min_blocks, self.min_events, self.min_voice_hours, counts)


class Segments(Table):
    fresh_days: int = Field(14, ge=0, le=90, description="a whole number of days from 0 to 90")
    new_days: int = Field(56, ge=1, le=365, description="a whole number of days from 1 to 365")
    alumni_days: int = Field(60, ge=28, le=730, description="a whole number of days from 28 to 730")
    promoted_roles: Many[Snowflake] = Field((), description="a list of role ids such as [205, 206]")
    core: Core = Core()

    @model_validator(mode="after")
    def _new_is_longer_than_fresh(self) -> Segments:
        if self.fresh_days >= self.new_days:
            raise refusal(
                f"must be below segments.new_days, not {self.fresh_days}: that is {self.new_days}, "
                "so nobody would ever be new",
                "segments.fresh_days",
            )
        return self

    def settings(self) -> SegmentSettings:
        return SegmentSettings(
            fresh_days=self.fresh_days,
            new_days=self.new_days,
            alumni_days=self.alumni_days,
            promoted_roles=tuple(sorted(set(self.promoted_roles))),
            core=self.core.rule(),
        )


def _kpi(value: object) -> object:
    if isinstance(value, str) and value not in CATALOGUE:
        raise ValueError(nearest(value, list(WATCHABLE)))
    if isinstance(value, str) and value not in WATCHABLE:
        allowed = ", ".join(WATCHABLE)
        raise refusal(f"must be a KPI of whole periods, not {value}, which would never be checked: {allowed}")
    return value


Limit = Annotated[float | None, Field(allow_inf_nan=False)]
Fall = Annotated[float | None, Field(allow_inf_nan=False, gt=0, le=1)]
Rise = Annotated[float | None, Field(allow_inf_nan=False, gt=0, le=1000)]
CHANGE = "a number above 0, at most {most}: 0.2 is a fifth of the value before, or of a share 20 points"
CONDITIONS = tuple(side.value for side in Side)


class Alert(Table):
    kpi: Annotated[str, BeforeValidator(_kpi)] = Field(
        description='the name of a KPI such as "weekly_active_members"'
    )
    above: Limit = Field(None, description="a number in the KPI's own unit")
    below: Limit = Field(None, description="a number in the KPI's own unit")
    falls_by: Fall = Field(None, description=CHANGE.format(most=1))
    rises_by: Rise = Field(None, description=CHANGE.format(most=1000))
    min_coverage: float = Field(0.8, ge=0, le=1, description="a share from 0 to 1")
    only_when_clear: bool = Field(False, description="true or false")

    @model_validator(mode="after")
    def _one_limit(self) -> Alert:
        limits = [limit for name in CONDITIONS if (limit := getattr(self, name)) is not None]
        if len(limits) != 1:
            number = len(limits) or "none"
            raise refusal(f"must have one of {', '.join(CONDITIONS[:-1])} and {CONDITIONS[-1]}, not {number}")
        if CATALOGUE[self.kpi].unit is Unit.SHARE and not 0 <= limits[0] <= 1:
            raise refusal(f"must have a share from 0 to 1 as its limit, not {limits[0]:g}: 0.3 is 30 %")
        if self.only_when_clear and not CATALOGUE[self.kpi].is_tested:
            raise refusal(
                f"must not have only_when_clear: changes of {self.kpi} are not tested, so none is ever clear"
            )
        return self

    def rule(self) -> AlertRule:
        return AlertRule(
            self.kpi,
            self.above,
            self.below,
            self.min_coverage,
            self.only_when_clear,
            self.falls_by,
            self.rises_by,
        )


def default_alerts() -> tuple[Alert, ...]:
    """Those in force where config.toml names none: what every community wants to hear of."""
    return (
        Alert(kpi="weekly_active_members", falls_by=0.2, only_when_clear=True),
        Alert(kpi="recording_coverage", below=0.8, min_coverage=0.0),
    )
