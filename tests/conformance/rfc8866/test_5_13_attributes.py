"""Attributes that are not understood."""

from mediasec.sdp.message import SessionDescription

_STRANGE = "a=x-new\na=x-new:\udcff\udc80 any \u00e9 value \na=inactive\n"


def test_sdp_088__an_unknown_attribute_is_passed_over(dial_in):
    """An attribute that is not understood is ignored, at either level."""
    assert dial_in.in_offer(("t=0 0\n", f"t=0 0\n{_STRANGE}"), ("a=bfcpver", f"{_STRANGE}a=bfcpver")) == set()


def test_sdp_088__it_stays_in_its_place(dial_in):
    """An attribute that is not understood stays in its place, octet for octet."""
    offer = dial_in.offer(("t=0 0\n", f"t=0 0\n{_STRANGE}"))
    data = offer.serialize()
    assert b"t=0 0\r\na=x-new\r\na=x-new:\xff\x80 any \xc3\xa9 value \r\na=inactive\r\nm=audio" in data
    assert SessionDescription.parse(data) == offer
    assert [attribute.name for attribute in offer.attributes] == ["x-new", "x-new", "inactive"]
