"""Embeds. Source: Message resource, "Embed Limits"."""

from __future__ import annotations

from typing import Any

from sandbox.checks.form import Form, Path

MOST_EMBEDS = 10
MOST_FIELDS = 25
TITLE, DESCRIPTION, FIELD_NAME, FIELD_VALUE, FOOTER, AUTHOR = 256, 4096, 256, 1024, 2048, 256
ALL_EMBEDS_TOGETHER = 6000
WEB = ("http", "https")
PICTURE = ("http", "https", "attachment")


def check_embeds(form: Form, value: object, path: Path = ()) -> None:
    here = (*path, "embeds")
    embeds = form.items(here, value, most=MOST_EMBEDS)
    characters = sum(
        _check_embed(form, form.mapping((*here, index), embed), (*here, index))
        for index, embed in enumerate(embeds)
    )
    if characters > ALL_EMBEDS_TOGETHER:
        form.wrong(here, "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")


def _check_embed(form: Form, embed: dict[str, Any], here: Path) -> int:
    """Note what is wrong; give the characters that count towards the limit of all embeds."""
    form.text((*here, "title"), embed.get("title"), longest=TITLE)
    form.text((*here, "description"), embed.get("description"), longest=DESCRIPTION)
    form.number((*here, "color"), embed.get("color"), least=0, most=0xFFFFFF)
    form.url((*here, "url"), embed.get("url"), WEB)
    footer = form.mapping((*here, "footer"), embed.get("footer"))
    form.text((*here, "footer", "text"), footer.get("text"), longest=FOOTER)
    author = form.mapping((*here, "author"), embed.get("author"))
    form.text((*here, "author", "name"), author.get("name"), longest=AUTHOR)
    for picture in ("image", "thumbnail"):
        shown = form.mapping((*here, picture), embed.get(picture))
        form.url((*here, picture, "url"), shown.get("url"), PICTURE)
    texts = [embed.get("title"), embed.get("description"), footer.get("text"), author.get("name")]
    texts += _check_fields(form, embed.get("fields"), here)
    return sum(len(text) for text in texts if isinstance(text, str))


def _check_fields(form: Form, value: object, here: Path) -> list[object]:
    texts: list[object] = []
    for index, entry in enumerate(form.items((*here, "fields"), value, most=MOST_FIELDS)):
        at = (*here, "fields", index)
        field = form.mapping(at, entry)
        for key, longest in (("name", FIELD_NAME), ("value", FIELD_VALUE)):
            if form.required((*at, key), field.get(key)):
                form.text((*at, key), field[key], longest=longest, shortest=1)
            texts.append(field.get(key))
    return texts
