"""Message components.

Source: Component Reference, each component's structure, and "Legacy Message Component Behavior".
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from sandbox.checks.form import Form, Path


class ComponentKind(IntEnum):
    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17


SELECTS = frozenset({3, 5, 6, 7, 8})
TOP_LEVEL_V2 = frozenset({1, 9, 10, 12, 13, 14, 17})
LINK_BUTTON, PREMIUM_BUTTON = 5, 6
MOST_ROWS, MOST_BUTTONS_A_ROW, MOST_COMPONENTS_V2 = 5, 5, 40
CUSTOM_ID, LABEL, PLACEHOLDER, OPTION_TEXT, MOST_OPTIONS = 100, 80, 150, 100, 25
ALL_TEXT_DISPLAYS = 4000


def check_components(form: Form, value: object, *, v2: bool, path: Path = ()) -> None:
    here = (*path, "components")
    components = form.items(here, value, most=MOST_COMPONENTS_V2 if v2 else MOST_ROWS)
    allowed = TOP_LEVEL_V2 if v2 else {ComponentKind.ACTION_ROW}
    for index, component in enumerate(components):
        entry = form.mapping((*here, index), component)
        form.choice((*here, index, "type"), entry.get("type"), allowed)
        _check_component(form, entry, (*here, index))
    _check_whole(form, components, here)


def _check_component(form: Form, component: dict[str, Any], at: Path) -> None:
    kind = component.get("type")
    if not form.required((*at, "type"), kind):
        return
    if kind == ComponentKind.ACTION_ROW:
        _check_row(form, component, at)
    elif kind == ComponentKind.BUTTON:
        _check_button(form, component, at)
    elif kind in SELECTS:
        _check_select(form, component, at)
    elif kind == ComponentKind.TEXT_DISPLAY and form.required((*at, "content"), component.get("content")):
        form.text((*at, "content"), component["content"], longest=ALL_TEXT_DISPLAYS, shortest=1)
    elif kind in (ComponentKind.CONTAINER, ComponentKind.SECTION):
        for index, child in enumerate(form.items((*at, "components"), component.get("components"), most=40)):
            inner = (*at, "components", index)
            _check_component(form, form.mapping(inner, child), inner)


def _check_row(form: Form, row: dict[str, Any], at: Path) -> None:
    here = (*at, "components")
    children = form.items(here, row.get("components"), most=MOST_BUTTONS_A_ROW, least=1)
    for index, child in enumerate(children):
        entry = form.mapping((*here, index), child)
        form.choice((*here, index, "type"), entry.get("type"), SELECTS | {ComponentKind.BUTTON})
        _check_component(form, entry, (*here, index))
    if len(children) > 1 and any(isinstance(c, dict) and c.get("type") in SELECTS for c in children):
        form.wrong(
            here, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width"
        )


def _check_button(form: Form, button: dict[str, Any], at: Path) -> None:
    style = button.get("style")
    form.required((*at, "style"), style)
    form.choice((*at, "style"), style, range(1, 7))
    form.text((*at, "label"), button.get("label"), longest=LABEL)
    if style == LINK_BUTTON:
        if form.required((*at, "url"), button.get("url")):
            form.url((*at, "url"), button["url"], ("http", "https", "discord"))
        if button.get("custom_id") is not None:
            message = "A custom id and url cannot both be specified"
            form.wrong((*at, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message)
    elif style != PREMIUM_BUTTON:
        _check_custom_id(form, button, at)
        if not button.get("label") and not button.get("emoji"):
            form.wrong(at, "BUTTON_COMPONENT_INVALID_EMPTY", "A button needs a label or an emoji")


def _check_select(form: Form, select: dict[str, Any], at: Path) -> None:
    _check_custom_id(form, select, at)
    form.text((*at, "placeholder"), select.get("placeholder"), longest=PLACEHOLDER)
    form.number((*at, "min_values"), select.get("min_values"), least=0, most=MOST_OPTIONS)
    form.number((*at, "max_values"), select.get("max_values"), least=1, most=MOST_OPTIONS)
    if select.get("type") != ComponentKind.STRING_SELECT:
        return
    options = form.items((*at, "options"), select.get("options"), most=MOST_OPTIONS, least=1)
    for index, option in enumerate(options):
        here = (*at, "options", index)
        entry = form.mapping(here, option)
        for key in ("label", "value"):
            if form.required((*here, key), entry.get(key)):
                form.text((*here, key), entry[key], longest=OPTION_TEXT, shortest=1)
        form.text((*here, "description"), entry.get("description"), longest=OPTION_TEXT)


def _check_custom_id(form: Form, component: dict[str, Any], at: Path) -> None:
    if form.required((*at, "custom_id"), component.get("custom_id")):
        form.text((*at, "custom_id"), component["custom_id"], longest=CUSTOM_ID, shortest=1)


def _check_whole(form: Form, components: list[Any], here: Path) -> None:
    seen: set[object] = set()
    shown_characters = 0
    for at, component in _walk(components, here):
        custom_id = component.get("custom_id")
        if custom_id is not None and custom_id in seen:
            code = "COMPONENT_CUSTOM_ID_DUPLICATED"
            form.wrong((*at, "custom_id"), code, "Component custom id cannot be duplicated")
        seen.add(custom_id)
        if component.get("type") == ComponentKind.TEXT_DISPLAY:
            shown_characters += len(str(component.get("content") or ""))
    if shown_characters > ALL_TEXT_DISPLAYS:
        message = f"The total length of displayable text must be {ALL_TEXT_DISPLAYS} or fewer"
        form.wrong(here, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)


def _walk(components: list[Any], here: Path) -> list[tuple[Path, dict[str, Any]]]:
    found: list[tuple[Path, dict[str, Any]]] = []
    for index, component in enumerate(components):
        if isinstance(component, dict):
            at = (*here, index)
            found.append((at, component))
            children = component.get("components")
            found += _walk(children if isinstance(children, list) else [], (*at, "components"))
    return found
