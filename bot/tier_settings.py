"""What config.toml may say about tiers: which roles make a member staff, captain, host …"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from bot.setting_kinds import Many, Name, Snowflake, Table, named_once, refusal
from storage.rules import NO_TIER, TierRule


class Tier(Table):
    name: Name = Field(description='a name such as "captain"')
    roles: Annotated[Many[Snowflake], Field(min_length=1)] = Field(
        description="a list of at least one role id such as [205, 206]"
    )

    @field_validator("name")
    @classmethod
    def _is_no_other(cls, name: str) -> str:
        if name.casefold() == NO_TIER:
            raise refusal(f'must be another name than "{NO_TIER}", as everybody without a tier is called')
        return name

    def rule(self) -> TierRule:
        return TierRule(self.name, tuple(sorted(set(self.roles))))


Tiers = Annotated[Many[Tier], AfterValidator(named_once("tier"))]
