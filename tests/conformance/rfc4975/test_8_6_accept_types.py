"""The attribute accept-types."""

import pytest


def test_sdp_046__msrp_says_what_it_accepts(dial_in):
    """An MSRP stream has accept-types."""
    assert dial_in.in_offer(("a=accept-types:message/cpim text/plain\n", "")) == {"SDP_046"}


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ("*", set()),
        ("text/*", set()),
        ("message/cpim text/plain *", set()),
        ('text/plain;charset=utf-8 text/x;a="b; \\" c" text/y', set()),
        ("text", {"SDP_046"}),
        ("text/", {"SDP_046"}),
        ("text/plain,text/html", {"SDP_046"}),
        ("text/plain  text/html", {"SDP_046"}),
        ("text/plain ", {"SDP_046"}),
        ("text/plain;charset", {"SDP_046"}),
        ('text/plain;a="b', {"SDP_046"}),
    ],
)
def test_sdp_046__media_types_are_well_formed(dial_in, value, broken):
    """The value of accept-types is a list of type/subtype, type/* and *."""
    assert dial_in.in_offer(("message/cpim text/plain", value)) == broken
