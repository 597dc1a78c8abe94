"""The flows that there are, in the order in which they are listed."""

from mpspec.flows.catalog import conferences, failures
from mpspec.flows.flow import Flow

FLOWS: tuple[Flow, ...] = (*conferences.FLOWS, *failures.FLOWS)
"""All flows; each name is there once."""
