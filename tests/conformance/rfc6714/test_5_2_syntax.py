"""The attribute msrp-cema."""


def test_sdp_052__cema_has_no_value(dial_in):
    """The attribute msrp-cema has no value."""
    assert dial_in.in_offer() == set()
    assert dial_in.in_offer(("a=msrp-cema\n", "")) == {"SDP_051"}
    assert dial_in.in_offer(("a=msrp-cema", "a=msrp-cema:yes")) == {"SDP_052"}
