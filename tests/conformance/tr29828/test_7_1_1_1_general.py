"""The conference by G.2 and by G.3."""

import pytest

_CRYPTO = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"
_TLS = [
    ("49172 TCP/MSRP", "49172 TCP/TLS/MSRP"),
    ("49174 TCP/BFCP", "49174 TCP/TLS/BFCP"),
]


@pytest.fixture
def sdes(dial_in):
    """Return the edits that make a session of G.2: SDES on RTP, nothing on TCP."""
    keys = [line for line in dial_in.offer_text.splitlines() if line.startswith("a=key-mgmt")]
    return [
        (keys[0], _CRYPTO),
        (keys[1] + "\n", ""),
        (keys[2] + "\n", ""),
        ("TCP/TLS/MSRP", "TCP/MSRP"),
        ("msrps:", "msrp:"),
        ("TCP/TLS/BFCP", "TCP/BFCP"),
    ]


def test_sdp_023__no_tls_beside_sdes(dial_in, sdes):
    """In a session of G.2 the MSRP and BFCP streams do not run over TLS."""
    assert dial_in.in_offer(*sdes) == set()
    in_the_clear = ("m=message", "m=video 1 RTP/AVP 0\nm=message")
    assert dial_in.in_offer(*sdes, in_the_clear) == set()
    assert dial_in.in_offer(*sdes, _TLS[1]) == {"SDP_023"}
    assert dial_in.in_offer(*sdes, _TLS[0], ("msrp:", "msrps:")) == {"SDP_023"}


def test_sdp_023__a_rejected_rtp_stream_does_not_make_g2(dial_in, sdes):
    """A session whose RTP stream with a key is rejected is not one of G.2."""
    assert dial_in.in_offer(*sdes, ("m=audio 49170", "m=audio 0")) == {"SDP_001", "SDP_004"}


def test_sdp_023__the_offer_decides_for_the_answer(dial_in, sdes):
    """An answer of SDES to an offer of G.3 does not make the session one of G.2."""
    keys = [line for line in dial_in.answer_text.splitlines() if line.startswith("a=key-mgmt")]
    edits = [(keys[0], _CRYPTO), (keys[1] + "\n", ""), (keys[2] + "\n", "")]
    assert dial_in.in_answer(*edits) == {"SDP_025", "SDP_008"}


@pytest.mark.parametrize(
    ("transport", "broken"),
    [
        ("RTP/SAVP", set()),
        ("RTP/SAVPF", set()),
        ("RTP/AVP", {"SDP_024"}),
        ("UDP/TLS/RTP/SAVPF", {"SDP_024"}),
        ("TCP/TLS/RTP/SAVP", {"SDP_024"}),
    ],
)
def test_sdp_024__every_flow_has_a_transport_that_can_be_keyed(dial_in, transport, broken):
    """In a session of G.3 each media flow uses a transport that MIKEY-TICKET can key."""
    assert dial_in.in_offer(("RTP/SAVP", transport)) == broken


def test_sdp_024__a_session_of_g2_is_not_asked(dial_in, sdes):
    """In a session of G.2 a further flow in the clear is no fault."""
    assert dial_in.in_offer(*sdes, ("m=message", "m=video 1 RTP/AVP 0\nm=message")) == set()


def test_sdp_024__every_flow_has_a_key(dial_in):
    """In a session of G.3 each media flow has its key-mgmt, unless it is rejected."""
    key = next(line for line in dial_in.offer_text.splitlines() if line.startswith("a=key-mgmt"))
    assert dial_in.in_offer((key + "\n", "")) == {"SDP_024"}
    assert dial_in.in_offer((key, key.replace("mikey", "keyp1"))) == {"SDP_024"}
    assert dial_in.in_offer((key, key[:-1])) == {"SDP_010"}
    assert dial_in.in_offer((key + "\n", ""), ("m=audio 49170", "m=audio 0")) == set()


def test_sdp_024__a_session_without_any_key_is_checked_as_g3(dial_in):
    """A session that has no key at all is one that ought to have them."""
    text = dial_in.offer_text
    edits = [(line + "\n", "") for line in text.splitlines() if line.startswith("a=key-mgmt")]
    assert dial_in.in_offer(*edits) == {"SDP_024", "SDP_008"}


def test_sdp_025__no_key_in_the_open(dial_in):
    """In a session of G.3 no media flow has a=crypto, neither alone nor beside key-mgmt."""
    key = next(line for line in dial_in.offer_text.splitlines() if line.startswith("a=key-mgmt"))
    assert dial_in.in_offer((key, _CRYPTO)) == {"SDP_025"}
    assert dial_in.in_offer((key, f"{key}\n{_CRYPTO}")) == {"SDP_025"}
    assert dial_in.in_offer((key, _CRYPTO), ("m=audio 49170", "m=audio 0")) == set()
