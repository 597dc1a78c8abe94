"""How often Python looks for garbage, where nearly all that is made stays to the end."""

import gc

_COLLECTED_AFTER = 50_000
"""Objects that are made until Python looks for garbage; it would after 700."""


def collect_seldom() -> None:
    """Look for garbage seldom: of a model that is read whole and kept there is next to none."""
    gc.set_threshold(_COLLECTED_AFTER, *gc.get_threshold()[1:])
