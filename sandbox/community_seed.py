"""The simulated community's server as it stands before anything has happened."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.community import Story
from sandbox.community_place import (
    AFK,
    APPLICATION_ID,
    BOT_ROLE,
    CAPTAIN,
    GUILD_ID,
    GUILD_NAME,
    HOST,
    LEADERSHIP,
    MUSIC_BOT_ID,
    PROFILE_BOT_ID,
    ROLES,
    STAFF,
    TEXT_CHANNELS,
    VOICE_CHANNELS,
)
from sandbox.guild import Guild, Member
from sandbox.permissions import ORDINARY, Overwrite, OverwriteKind, Permission
from sandbox.seed import ChannelKind, ChannelSeed, GuildSeed, MemberSeed, RoleSeed

BOT_NAME = "Guild Insights"
NEEDED_BY_THE_BOT = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.VIEW_AUDIT_LOG
)

ORGANIZERS = {STAFF, HOST, CAPTAIN}
MAKE_EVENTS = Permission.CREATE_EVENTS | Permission.MANAGE_EVENTS


def moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def beginning(story: Story) -> GuildSeed:
    """The server at the moment at which the bot was added to it."""
    founders = [person for person in story.people if person.in_guild(story.begin_ms)]
    members = [
        MemberSeed(person.user_id, moment(person.spells[0][0]), person.name, person.roles)
        for person in founders
    ]
    return _seed(story, [*members, *_other_bots(story)])


def as_it_stands(story: Story, guild: Guild) -> GuildSeed:
    """The server as it is now, for a sandbox to go on from."""
    members = [member for member in guild.members.values() if member.user.user_id != guild.bot_user_id]
    return _seed(story, [_member_seed(member) for member in members])


def _seed(story: Story, members: list[MemberSeed]) -> GuildSeed:
    return GuildSeed(
        guild_id=GUILD_ID,
        owner_id=story.people[0].user_id,
        created_at=moment(story.begin_ms),
        name=GUILD_NAME,
        everyone=ORDINARY,
        roles=[
            RoleSeed(BOT_ROLE, BOT_NAME, NEEDED_BY_THE_BOT),
            *(RoleSeed(role_id, name, _granted(role_id)) for role_id, name in ROLES.items()),
        ],
        channels=_channels(),
        members=members,
        afk_channel_id=AFK,
        bot_user_id=APPLICATION_ID,
        bot_name=BOT_NAME,
        bot_roles=(BOT_ROLE,),
    )


def _granted(role_id: int) -> Permission:
    return MAKE_EVENTS if role_id in ORGANIZERS else Permission.NONE


def _member_seed(member: Member) -> MemberSeed:
    user = member.user
    return MemberSeed(user.user_id, member.joined_at, user.name, member.roles, user.bot)


def _other_bots(story: Story) -> list[MemberSeed]:
    there_since = moment(story.begin_ms - 86_400_000)
    return [
        MemberSeed(MUSIC_BOT_ID, there_since, "Jukebox", bot=True),
        MemberSeed(PROFILE_BOT_ID, there_since, "Statkeeper", bot=True),
    ]


def _channels() -> list[ChannelSeed]:
    texts = [
        ChannelSeed(channel_id, name, overwrites=_staff_only() if channel_id == LEADERSHIP else ())
        for channel_id, name in TEXT_CHANNELS.items()
    ]
    voices = [ChannelSeed(channel_id, name, ChannelKind.VOICE) for channel_id, name in VOICE_CHANNELS.items()]
    return texts + voices


def _staff_only() -> tuple[Overwrite, ...]:
    return (
        Overwrite(GUILD_ID, OverwriteKind.ROLE, deny=Permission.VIEW_CHANNEL),
        Overwrite(STAFF, OverwriteKind.ROLE, allow=Permission.VIEW_CHANNEL),
        Overwrite(BOT_ROLE, OverwriteKind.ROLE, allow=Permission.VIEW_CHANNEL),
    )
