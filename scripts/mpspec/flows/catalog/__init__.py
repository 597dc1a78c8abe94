"""The flows that there are, in the order in which they are listed."""

from mpspec.flows.flow import Flow

FLOWS: tuple[Flow, ...] = ()
"""All flows; each name is there once."""
