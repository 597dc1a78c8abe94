"""The attribute fingerprint."""

import pytest

_SHA_256 = ":".join(["4A"] * 32)


def test_sdp_021__no_fingerprint_beside_a_key(dial_in):
    """A stream keyed by MIKEY-TICKET has no fingerprint."""
    assert dial_in.in_offer(("a=floorctrl", f"a=fingerprint:sha-256 {_SHA_256}\na=floorctrl")) == {"SDP_021"}
    common = dial_in.in_offer(("t=0 0\n", f"t=0 0\na=fingerprint:sha-256 {_SHA_256}\n"))
    assert common == {"SDP_021"}
    assert common.places == ["session.attribute[0]"]


def test_sdp_021__other_streams_may_have_one(dial_in):
    """A stream that is not TLS on TCP may have a fingerprint of its own."""
    assert dial_in.in_offer(("a=rtpmap", f"a=fingerprint:sha-256 {_SHA_256}\na=rtpmap")) == set()


def test_sdp_021__a_fingerprint_is_no_key(dial_in):
    """A stream with a fingerprint and no key lacks the key; that is the fault."""
    key = dial_in.offer_text[dial_in.offer_text.rindex("a=key-mgmt:") :]
    assert dial_in.in_offer((key, f"a=fingerprint:sha-256 {_SHA_256}\n")) == {"SDP_008"}


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        (f"sha-256 {_SHA_256}", set()),
        (f"SHA-256 {_SHA_256}", set()),
        (f"sha3-256 {_SHA_256}", set()),
        (f"sha-256 {_SHA_256[:-3]}", {"SDP_022"}),
        (f"sha-256 {_SHA_256.lower()}", {"SDP_022"}),
        (f"sha-256 {_SHA_256.replace(':', '')}", {"SDP_022"}),
        ("sha-256", {"SDP_022"}),
        (f"sha-1 {':'.join(['4A'] * 20)}", set()),
        (f"md5 {':'.join(['4A'] * 16)}", {"SDP_022"}),
        (f"MD2 {':'.join(['4A'] * 16)}", {"SDP_022"}),
    ],
)
def test_sdp_022__a_fingerprint_is_a_hash(dial_in, value, broken):
    """A fingerprint is a hash function with a hash of its length, and not MD2 or MD5."""
    assert dial_in.in_offer(("a=rtpmap", f"a=fingerprint:{value}\na=rtpmap")) == broken


def test_sdp_022__every_fingerprint_counts(dial_in):
    """Each fingerprint is looked at, also after one that cannot be read."""
    md5 = f"md5 {':'.join(['4A'] * 16)}"
    lines = f"a=fingerprint:x\na=fingerprint:{md5}\n"
    found = dial_in.in_offer(("a=rtpmap", f"{lines}a=rtpmap"))
    assert found.places == ["media[0].attribute[0]", "media[0].attribute[1]"]
