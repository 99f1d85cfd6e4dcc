"""Discord: token, clock, intents, and what the bot may do in the server and in the digest's channel."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import aiohttp
from interactions.models.discord.enums import ApplicationFlags, ChannelType, Permissions

from bot.clock import Clock
from bot.config import Settings
from bot.digests.settings import DigestSettings
from bot.doctor.configuration import no_digest
from bot.doctor.finding import Finding, ill, split, unknown, well
from bot.gateway.refusals import DEVELOPER_PORTAL, MEMBERS_REFUSED, TOKEN_REFUSED

ANSWER_S: Final = 10.0
CLOCK_S: Final = 5.0  # Discord's answer says whole seconds, and is under way for a while
UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 401, 403, 404

MEMBERS_GRANTED: Final = (
    ApplicationFlags.GATEWAY_GUILD_MEMBERS | ApplicationFlags.GATEWAY_GUILD_MEMBERS_LIMITED
)
IN_SERVER: Final = {
    Permissions.VIEW_CHANNEL: "View Channels",
    Permissions.VIEW_AUDIT_LOG: "View Audit Log (without it nobody knows why somebody left)",
}
IN_CHANNEL: Final = {
    Permissions.VIEW_CHANNEL: "View Channel",
    Permissions.SEND_MESSAGES: "Send Messages",
    Permissions.EMBED_LINKS: "Embed Links",
    Permissions.ATTACH_FILES: "Attach Files",
    Permissions.READ_MESSAGE_HISTORY: "Read Message History",
}
POSTED_IN: Final = {
    ChannelType.GUILD_TEXT,
    ChannelType.GUILD_NEWS,
    ChannelType.GUILD_VOICE,
    ChannelType.GUILD_STAGE_VOICE,
    ChannelType.GUILD_NEWS_THREAD,
    ChannelType.GUILD_PUBLIC_THREAD,
    ChannelType.GUILD_PRIVATE_THREAD,
}
# Taken once: the library's own grows with every bit it meets that it has no name for.
EVERYTHING: Final = Permissions.ALL
GRANT: Final = "Grant it to the bot's role in Server Settings → Roles."


class NotReached(Exception):
    """Discord gave no answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any  # None where it was no JSON: of a proxy on the way, or of nothing
    date: datetime | None

    @property
    def tells(self) -> bool:
        """Whether there is an object to read, or only a status to tell of."""
        return self.status < 400 and isinstance(self.body, dict)


class Asked:
    """Questions to Discord's REST interface, each asked once."""

    def __init__(self, session: aiohttp.ClientSession, api_url: str, token: str) -> None:
        self._session = session
        self._api_url = api_url
        self._headers = {"Authorization": f"Bot {token}"}

    async def get(self, path: str) -> Answer:
        """Raises NotReached."""
        try:
            async with self._session.get(f"{self._api_url}{path}", headers=self._headers) as response:
                body = _json(await response.read())
                return Answer(response.status, body, _moment(response.headers.get("Date")))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise NotReached(type(error).__name__) from error


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _moment(date: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(date).astimezone(UTC) if date else None
    except ValueError:
        return None


async def discord_findings(
    api_url: str, token: str | None, settings: Settings, clock: Clock
) -> list[Finding]:
    if token is None:
        return [ill("Token", "DISCORD_TOKEN is not set in the environment.", split(TOKEN_REFUSED)[1])]
    if not token.isascii() or not token.isprintable() or " " in token:
        return [ill("Token", *split(TOKEN_REFUSED))]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_S)) as session:
        try:
            return await _findings(Asked(session, api_url, token), settings, clock)
        except NotReached as reason:
            said = f"It was not reached ({reason}): token, intents, permissions and clock were not looked at."
            return [ill("Discord", said, "Check this machine's network, and https://discordstatus.com.")]


async def _findings(asked: Asked, settings: Settings, clock: Clock) -> list[Finding]:
    me = await asked.get("/users/@me")
    if me.status == UNAUTHORIZED:
        return [ill("Token", *split(TOKEN_REFUSED))]
    if not me.tells:
        return [_untold("Discord", me)]
    found = [well("Token", f"Discord knows the bot as {_printable(me.body.get('username'))}.")]
    found.append(_clock(me.date, clock.now()))
    found.append(_intents(await asked.get("/applications/@me")))
    if settings.community.guild_id is not None:
        found += await _server(asked, settings.community.guild_id, int(me.body["id"]), settings)
    return found


def _untold(about: str, answer: Answer) -> Finding:
    how = f"status {answer.status}" if answer.status >= 400 else "something that is not Discord's"
    return ill(about, f"Discord answers with {how}.", "Look again in a few minutes.")


def _printable(name: object) -> str:
    return "".join(sign for sign in str(name) if sign.isprintable())[:40]


def _clock(theirs: datetime | None, ours: datetime) -> Finding:
    if theirs is None:
        return unknown("Clock", "Discord's answer named no time to compare it with.")
    seconds = (ours - theirs).total_seconds()
    if abs(seconds) <= CLOCK_S:
        return well("Clock", "It agrees with Discord's.")
    how = f"{abs(seconds):,.0f} s {'ahead of' if seconds > 0 else 'behind'} Discord's"
    return ill("Clock", f"It is {how}.", "Switch on the system's time synchronisation (NTP).")


def _intents(answer: Answer) -> Finding:
    if not answer.tells:
        return unknown("Intents", f"Discord did not tell them (status {answer.status}).")
    if ApplicationFlags(int(answer.body.get("flags") or 0)) & MEMBERS_GRANTED:
        return well("Intents", "Server Members is on.")
    what, _ = split(MEMBERS_REFUSED)
    do = f"Switch on Server Members Intent at {DEVELOPER_PORTAL} under Bot, and restart."
    return ill("Intents", f"{what}.", do)


async def _server(asked: Asked, guild_id: int, bot_id: int, settings: Settings) -> list[Finding]:
    guild = await asked.get(f"/guilds/{guild_id}")
    if guild.status in (FORBIDDEN, NOT_FOUND):
        do = "Invite it (README, “Run it in your server”), or correct community.guild_id in config.toml."
        return [ill("Server", "The bot is not in the server that config.toml names.", do)]
    member = await asked.get(f"/guilds/{guild_id}/members/{bot_id}")
    for answer in (guild, member):
        if not answer.tells:
            return [_untold("Server", answer)]
    roles = frozenset(map(int, member.body["roles"]))
    held = server_permissions(guild.body, roles, bot_id)
    found = [well("Server", f"The bot is in {_printable(guild.body.get('name'))}.")]
    found.append(_granted("Permissions", "in the server", held, IN_SERVER, GRANT))
    standing = Standing(guild_id, bot_id, roles, held)
    return found + [await _digest(asked, channel_id, standing) for channel_id in digest_channels(settings)]


def digest_channels(settings: Settings) -> list[int | None]:
    """Where digests are to be posted, each channel once; None: no channel is set."""
    both = (DigestSettings.of(settings), DigestSettings.monthly(settings))
    return list(dict.fromkeys(digest.channel_id for digest in both if digest.enabled))


async def _digest(asked: Asked, channel_id: int | None, bot: Standing) -> Finding:
    return no_digest() if channel_id is None else await _channel(asked, channel_id, bot)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who the bot is in the server."""

    guild_id: int
    bot_id: int
    roles: frozenset[int]
    held: Permissions


async def _channel(asked: Asked, channel_id: int, bot: Standing) -> Finding:
    channel = await asked.get(f"/channels/{channel_id}")
    do = "Name a text channel of the server as the digest's channel_id in config.toml."
    if channel.status == FORBIDDEN:
        return ill("Digest", "The bot may not see the digest's channel.", "Let its role see that channel.")
    if channel.status != NOT_FOUND and not channel.tells:
        return _untold("Digest", channel)
    if not channel.tells or str(channel.body.get("guild_id")) not in (str(bot.guild_id), "None"):
        return ill("Digest", "The server has no such channel.", do)
    if channel.body.get("type") not in POSTED_IN:
        return ill("Digest", "The digest's channel is of a kind in which nothing can be posted.", do)
    held = channel_permissions(channel.body.get("permission_overwrites") or (), bot)
    grant = "Grant it in that channel's settings → Permissions, to the bot's role."
    return _granted("Digest", "in the digest's channel", held, IN_CHANNEL, grant)


def _granted(
    about: str, where: str, held: Permissions, needed: Mapping[Permissions, str], do: str
) -> Finding:
    missing = [name for permission, name in needed.items() if permission not in held]
    if missing:
        return ill(about, f"Missing {where}: {', '.join(missing)}.", do)
    return well(about, f"All that it needs {where} is granted.")


def server_permissions(guild: Mapping[str, Any], roles: frozenset[int], bot_id: int) -> Permissions:
    """Permissions, "Permission Hierarchy": what everybody's role and the bot's own grant together."""
    if str(guild.get("owner_id")) == str(bot_id):
        return EVERYTHING
    held = Permissions.NONE
    for role in guild["roles"]:
        if int(role["id"]) in roles or str(role["id"]) == str(guild["id"]):
            held |= Permissions(int(role["permissions"]))
    return EVERYTHING if Permissions.ADMINISTRATOR in held else held


def channel_permissions(overwrites: Iterable[Mapping[str, Any]], bot: Standing) -> Permissions:
    """Permissions, "Permission Overwrites": everybody's first, then the roles', then the bot's own."""
    if Permissions.ADMINISTRATOR in bot.held:
        return bot.held
    held = bot.held
    by_id = {int(overwrite["id"]): overwrite for overwrite in overwrites}
    for ids in ({bot.guild_id}, bot.roles, {bot.bot_id}):
        chosen = [by_id[each] for each in ids if each in by_id]
        for overwrite in chosen:
            held &= ~Permissions(int(overwrite["deny"]))
        for overwrite in chosen:
            held |= Permissions(int(overwrite["allow"]))
    return held if Permissions.VIEW_CHANNEL in held else Permissions.NONE
