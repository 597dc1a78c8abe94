"""TS 23.333, 8.45: the floors of a context are configured once."""

from dataclasses import replace

from mediasec.procedures.mp.contexts import Contexts
from mp_requests import FLOORS, assert_refused


def test_mpp_004__floors_are_configured_once():
    """A second configuration of floors is refused, and so is another context with this conference ID."""
    contexts = Contexts()
    number = contexts.configure_floors(FLOORS).number
    step = contexts.configure_floors
    again = replace(FLOORS, context=number, conference_id=8)
    assert assert_refused(contexts, step, again, "MPP_004") == "context"
    assert assert_refused(contexts, step, FLOORS, "MPP_004") == "conference_id"
