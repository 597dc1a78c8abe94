"""The attribute floorctrl."""

import pytest

_SERVER = "a=confid:1\na=userid:2\na=floorid:3"


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ("c-only", set()),
        ("c-only s-only", set()),
        ("s-only c-only", set()),
        ("c-s", {"SDP_059"}),
        ("client", {"SDP_059"}),
        ("c-only c-only", {"SDP_059"}),
        ("c-only  s-only", {"SDP_059"}),
        ("C-ONLY", {"SDP_059"}),
    ],
)
def test_sdp_059__roles_are_client_and_server(dial_in, value, broken):
    """The value of floorctrl is c-only, s-only or both; c-s is not sent."""
    assert dial_in.in_offer(("a=floorctrl:c-only", f"a=floorctrl:{value}\n{_SERVER}")) == broken


def test_sdp_059__an_old_role_is_read_as_both(dial_out):
    """An offer of c-s is answered as one of both roles."""
    offer = (("a=floorctrl:s-only", "a=floorctrl:c-s"),)
    assert dial_out.in_answer(offer=offer) == set()


def test_sdp_060__an_answer_has_one_role(dial_out):
    """The floorctrl of an answer is one role."""
    both = ("a=floorctrl:c-only", f"a=floorctrl:c-only s-only\n{_SERVER}")
    offer = (("a=floorctrl:s-only", "a=floorctrl:c-only s-only"),)
    assert dial_out.in_answer(offer=offer) == set()
    assert dial_out.in_answer(both, offer=offer) == {"SDP_060"}


@pytest.mark.parametrize(
    ("offered", "answered", "broken"),
    [
        ("c-only", "s-only", set()),
        ("c-only s-only", "s-only", set()),
        ("c-only", "c-only", {"SDP_061", "SDP_027"}),
        ("s-only", "s-only", {"SDP_061"}),
    ],
)
def test_sdp_061__the_roles_are_opposite(dial_in, offered, answered, broken):
    """The answerer takes a role that is the opposite of one that was offered."""
    offer = (("a=floorctrl:c-only", f"a=floorctrl:{offered}"),)
    answer = ("a=floorctrl:s-only", f"a=floorctrl:{answered}")
    assert dial_in.in_answer(answer, offer=offer) == broken


@pytest.mark.parametrize("answered", ["x", "c-s", "c-only s-only"])
def test_sdp_061__what_is_no_role_is_another_fault(dial_out, answered):
    """An answer whose role cannot be told is reported for that alone."""
    answer = ("a=floorctrl:c-only", f"a=floorctrl:{answered}\n{_SERVER}")
    assert "SDP_061" not in dial_out.in_answer(answer)
    assert "SDP_061" not in dial_out.in_answer(("a=floorctrl:c-only\n", ""))


@pytest.mark.parametrize(("answered", "broken"), [("s-only", set()), ("c-only", {"SDP_061", "SDP_027"})])
def test_sdp_061__an_offerer_without_a_role_is_the_client(dial_in, answered, broken):
    """Where the offer has no floorctrl, the offerer is the client and the answerer the server."""
    answer = ("a=floorctrl:s-only", f"a=floorctrl:{answered}")
    assert dial_in.in_answer(answer, offer=(("a=floorctrl:c-only\n", ""),)) == broken
