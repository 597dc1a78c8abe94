"""The first offer of a BFCP stream."""

import pytest


def test_sdp_057__an_offer_says_its_roles(dial_in):
    """The offer of a BFCP stream has floorctrl."""
    assert dial_in.in_offer() == set()
    assert dial_in.in_offer(("a=floorctrl:c-only\n", "")) == {"SDP_057"}


@pytest.mark.parametrize("roles", ["s-only", "c-only s-only"])
def test_sdp_062__a_server_gives_the_conference(dial_out, roles):
    """A stream whose floorctrl has s-only has confid."""
    willing = ("a=floorctrl:s-only", f"a=floorctrl:{roles}")
    assert dial_out.in_offer(willing) == set()
    assert dial_out.in_offer(willing, ("a=confid:4321\n", "")) == {"SDP_062"}


@pytest.mark.parametrize("roles", ["s-only", "c-only s-only"])
def test_sdp_063__a_server_gives_the_user(dial_out, roles):
    """A stream whose floorctrl has s-only has userid."""
    willing = ("a=floorctrl:s-only", f"a=floorctrl:{roles}")
    assert dial_out.in_offer(willing) == set()
    assert dial_out.in_offer(willing, ("a=userid:1235\n", "")) == {"SDP_063"}


@pytest.mark.parametrize("roles", ["s-only", "c-only s-only"])
def test_sdp_064__a_server_gives_the_floors(dial_out, roles):
    """A stream whose floorctrl has s-only has floorid."""
    willing = ("a=floorctrl:s-only", f"a=floorctrl:{roles}")
    assert dial_out.in_offer(willing) == set()
    assert dial_out.in_offer(willing, ("a=floorid:1 mstrm:10\n", "")) == {"SDP_064"}


def test_sdp_069__an_offer_says_its_versions(dial_in):
    """A BFCP stream has bfcpver in the offer."""
    assert dial_in.in_offer(("a=bfcpver:1\n", "")) == {"SDP_069"}
