"""Made-up display names, as colourful as real ones: only the sandbox's page shows them."""

from __future__ import annotations

from random import Random

FIRST = """
    Amber Ash Brass Cobalt Copper Coral Drift Dusk Ember Fable Fern Flint Frost Gale Glass Grim Hazel
    Hollow Indigo Iron Ivory Jade Lunar Maple Mellow Mist Moss Neon Night North Oak Onyx Opal Pale Pixel
    Quiet Rust Sable Salt Silver Slate Smoky Solar Storm Thistle Tidal Umber Velvet Violet Wild Winter
    Zinc
""".split()  # noqa: SIM905 - reads better than fifty quoted words
SECOND = """
    Badger Bear Courier Crane Creep Crow Dagger Falcon Ferret Fox Ghost Golem Hare Hawk Heron Jay Kite
    Lantern Lotus Lynx Magpie Marten Mole Moth Newt Osprey Otter Owl Pike Puck Quill Raven Roamer Robin
    Rook Shrew Smoke Sparrow Spindle Stag Stoat Swift Tango Tern Toad Totem Viper Ward Wisp Wolf Wren
    Yak
""".split()  # noqa: SIM905 - reads better than fifty quoted words
ODD = (
    "Zoë ☕",
    "ｎｅｏｎ",
    "月影",
    "🔥Gigi🔥",
    "Ba$$in",
    "Łukasz_99",
    "мята",
    "xX_Wisp_Xx",
    "o'Rook",
    "…",
    "_underscored_",
)


LEADERS = 8  # staff, hosts and captains come first, and are named on pictures


def names(rng: Random) -> list[str]:
    """More names than anybody needs, each different; a few of the kind that breaks careless programs."""
    plain = [first + second for first in FIRST for second in SECOND]
    rng.shuffle(plain)
    for odd in ODD:
        plain.insert(LEADERS + rng.randrange(212), odd)
    return plain
