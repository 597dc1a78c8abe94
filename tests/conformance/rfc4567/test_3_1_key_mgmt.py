"""The attribute key-mgmt."""

import pytest

from mediasec.sdp.streams import streams_of

_KEY = "a=key-mgmt:mikey AQ4F"
_OTHER = "a=key-mgmt:keyp1 AAAA"


def _only(text):
    """Return the edit that leaves the BFCP stream no key but this value."""
    return lambda offer: (offer[offer.rindex("a=key-mgmt:") :], f"a=key-mgmt:{text}\n")


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ("mikey AQ4FAA==", set()),
        (" mikey AQ4FAA==", set()),
        ("mikey AQ4FAAA=", set()),
        ("mikey AQ4F", set()),
        ("mikey  AQ4F", {"SDP_010"}),
        ("  mikey AQ4F", {"SDP_010"}),
        ("mikey", {"SDP_010"}),
        ("mikey ", {"SDP_010"}),
        ("mikey AQ4FAA", {"SDP_010"}),
        ("mikey AQ4F AAAA", {"SDP_010"}),
        ("mikey AQ4FAA==AQ4F", {"SDP_010"}),
        ("mikey AQ4-AA==", {"SDP_010"}),
        ("mikey AQ4FA===", {"SDP_010"}),
        ("mi-key AQ4F", {"SDP_010"}),
    ],
)
def test_sdp_010__a_protocol_a_space_and_base64(dial_in, value, broken):
    """The value of key-mgmt is a protocol identifier, one space, and base64 with its padding."""
    edit = _only(value)(dial_in.offer_text)
    assert dial_in.in_offer(edit) == broken


def test_sdp_009__the_media_level_overrides_the_session_level(dial_in):
    """Where a stream has key-mgmt of its own, that of the session is ignored for it."""
    session = ("t=0 0\n", f"t=0 0\n{_KEY}\n")
    streams = streams_of(dial_in.offer(session))
    assert [stream.keys[0].where for stream in streams] == [
        "media[0].attribute[1]",
        "media[1].attribute[4]",
        "media[2].attribute[4]",
    ]
    overridden = _only("keyp1 AAAA")(dial_in.offer_text)
    assert dial_in.in_offer(session, overridden) == {"SDP_008"}


def test_sdp_009__the_session_level_is_for_streams_without_their_own(dial_in):
    """The key-mgmt of the session applies to a stream that has none."""
    none = (dial_in.offer_text[dial_in.offer_text.rindex("a=key-mgmt:") :], "")
    assert dial_in.in_offer(none) == {"SDP_008"}
    assert dial_in.in_offer(none, ("t=0 0\n", f"t=0 0\n{_KEY}\n")) == set()
