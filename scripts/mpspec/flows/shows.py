"""What messages show wherever they stand: arrows that are no rung of a ladder get their requirements here."""

from collections.abc import Mapping

from mediasec.nodes.observation import Medium

SHOWS: Mapping[tuple[Medium, str], tuple[str, ...]] = {}
"""IDs of the requirements that a message shows, by what carries it and its name."""
