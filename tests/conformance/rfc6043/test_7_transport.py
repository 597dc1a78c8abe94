"""Which MIKEY message an offer and an answer carry."""

import base64

import pytest


def _key(text, data_type, length=40):
    """Return the edit that gives the last stream of a description a message of this type."""
    message = bytes([1, data_type]).ljust(length, b"\0")[:length]
    return text[text.rindex("a=key-mgmt:") :], f"a=key-mgmt:mikey {base64.b64encode(message).decode()}\n"


@pytest.mark.parametrize("data_type", range(19))
def test_sdp_011__an_offer_carries_transfer_init(dial_in, data_type):
    """The MIKEY message in an offer is of data type 14."""
    found = dial_in.in_offer(_key(dial_in.offer_text, data_type))
    assert found == (set() if data_type == 14 else {"SDP_011"})
    named = {6: "is of type ERROR, 6;", 15: "is of type TRANSFER_RESP, 15;"}
    assert data_type == 14 or named.get(data_type, f"is of type {data_type};") in found.said


def test_sdp_011__every_message_counts(dial_in):
    """Each MIKEY message of a level is looked at, not the first alone."""
    good = dial_in.offer_text[dial_in.offer_text.rindex("a=key-mgmt:") :]
    _, bad = _key(dial_in.offer_text, 15)
    assert dial_in.in_offer((good, good + bad)) == {"SDP_011", "SDP_014"}


def test_sdp_011__a_message_without_a_type_is_none(dial_in):
    """A message of one octet is no TRANSFER_INIT."""
    found = dial_in.in_offer(_key(dial_in.offer_text, 14, length=1))
    assert found == {"SDP_011"}
    assert "ends before its type" in found.said


@pytest.mark.parametrize("data_type", range(19))
def test_sdp_012__an_answer_carries_transfer_resp(dial_in, data_type):
    """The MIKEY message in an answer is of data type 15; an error, 6, is a failure of its own."""
    found = dial_in.in_answer(_key(dial_in.answer_text, data_type))
    assert found == {15: set(), 6: {"SDP_018"}}.get(data_type, {"SDP_012"})


def test_sdp_012__a_rejected_stream_carries_what_it_likes(dial_in):
    """Nothing is asked of the message of a stream that is rejected."""
    edits = (_key(dial_in.answer_text, 14), ("m=application 9", "m=application 0"))
    assert dial_in.in_answer(*edits) == set()
