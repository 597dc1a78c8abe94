"""What an offerer with CEMA does."""

import pytest

from mediasec.sdp.exchange import End, TransportAddress, agreements

_ANCHORED = ("m=message 2855", "m=message 40000")
_NO_CEMA = ("a=msrp-cema\n", "")
_ACTIVE = ("2855 TCP/TLS/MSRP *\na=setup:passive", "2855 TCP/TLS/MSRP *\na=setup:active")
_RELAY = ("a=path:", "a=path:msrps://198.51.100.9:2855/r;tcp ")


def test_sdp_055__with_cema_the_offerer_connects_to_the_media_line(dial_in):
    """With CEMA at both ends the active side connects to the media line, also where the path has others."""
    msrp = agreements(dial_in.offer(), dial_in.answer(_ANCHORED))[1]
    assert msrp.tcp_client is End.OFFERER
    assert msrp.target == TransportAddress(host="198.51.100.20", port=40000)
    assert not msrp.falls_back


@pytest.mark.parametrize(
    ("edits", "falls_back"),
    [
        (
            (
                _NO_CEMA,
                _ANCHORED,
                ("40000 TCP/TLS/MSRP *\na=setup:passive", "9 TCP/TLS/MSRP *\na=setup:active"),
            ),
            True,
        ),
        ((_NO_CEMA, _ANCHORED), False),
        ((_NO_CEMA, _ANCHORED, _RELAY), True),
        ((_NO_CEMA,), False),
        ((_NO_CEMA, _ACTIVE), False),
        ((_NO_CEMA, _RELAY), False),
        ((_ANCHORED, _RELAY), False),
    ],
)
def test_sdp_054__the_offerer_falls_back(dial_in, edits, falls_back):
    """The offerer makes an offer without CEMA where it cannot reach around the middlebox."""
    msrp = agreements(dial_in.offer(), dial_in.answer(*edits))[1]
    assert msrp.falls_back is falls_back
    later = dial_in.in_later_offer(answer=edits)
    assert later == ({"SDP_054"} if falls_back else set())


def test_sdp_054__a_relay_of_the_offerer_counts(dial_in):
    """The offerer falls back too where its own path leads through a relay."""
    offer = dial_in.offer(("a=path:", "a=path:msrps://192.0.2.9:2855/r;tcp "))
    assert agreements(offer, dial_in.answer(_NO_CEMA, _ANCHORED))[1].falls_back
    assert not agreements(offer, dial_in.answer(_NO_CEMA))[1].falls_back


def test_sdp_054__the_new_offer_has_no_cema(dial_in):
    """The new offer that falls back breaks nothing but the recommendation of CEMA."""
    answer = (_NO_CEMA, _ANCHORED, _RELAY)
    assert dial_in.in_later_offer(_NO_CEMA, answer=answer) == {"SDP_051"}


def test_sdp_054__an_offer_without_cema_does_not_fall_back(dial_in):
    """Without CEMA in the offer there is nothing to leave."""
    msrp = agreements(dial_in.offer(_NO_CEMA), dial_in.answer(_NO_CEMA, _ANCHORED, _RELAY))[1]
    assert not msrp.falls_back
