"""TS 23.333, 6.2.13.2.2: the floors of a conference, before those who ask for them."""

from dataclasses import replace

from mediasec.procedures.mp.contexts import Contexts
from mediasec.procedures.mp.termination import TerminationState
from mp_requests import BFCP, FLOORS, RESERVE, assert_refused


def test_mpp_005__floors_come_before_their_users():
    """A BFCP termination is added to a context that knows its floors."""
    contexts = Contexts()
    context = contexts.configure_floors(FLOORS)
    termination = contexts.add(replace(BFCP, context=context.number))
    assert (termination.user_id, termination.state) == (1, TerminationState.ESTABLISHING)
    second = contexts.add(replace(BFCP, context=context.number, user_id=2))
    assert second.number != termination.number


def test_mpp_005__a_user_without_floors_or_with_a_taken_id_is_refused():
    """A BFCP termination in a context without floors is refused, and so is a second user with one ID."""
    contexts = Contexts()
    number = contexts.add(RESERVE).context
    assert assert_refused(contexts, contexts.add, replace(BFCP, context=number), "MPP_005") == "context"
    contexts.configure_floors(replace(FLOORS, context=number))
    contexts.add(replace(BFCP, context=number))
    assert assert_refused(contexts, contexts.add, replace(BFCP, context=number), "MPP_005") == "user_id"
