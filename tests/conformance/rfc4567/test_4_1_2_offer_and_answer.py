"""Key management in offer and answer."""

import pytest

_TWO = (("a=bfcpver:1", "a=bfcpver:1\na=key-mgmt:keyp1 AAAA"),)


def _bfcp_key(text):
    """Return the line with the key of the last stream of a description, BFCP."""
    return text[text.rindex("a=key-mgmt:") :]


def test_sdp_014__a_level_lists_a_protocol_once(dial_in):
    """Each key-mgmt attribute of one level is of another protocol."""
    key = _bfcp_key(dial_in.offer_text)
    assert dial_in.in_offer(*_TWO) == set()
    assert dial_in.in_offer((key, key + key)) == {"SDP_014"}
    assert dial_in.in_offer((key, key + "a=key-mgmt:keyp1 AAAA\n" * 2)) == {"SDP_014"}
    assert dial_in.in_offer(("t=0 0\n", f"t=0 0\n{key}")) == set()


def test_sdp_015__the_answer_takes_one_protocol(dial_in):
    """The answer has one key-mgmt attribute for a stream, with a protocol that was offered."""
    key = _bfcp_key(dial_in.answer_text)
    assert dial_in.in_answer(offer=_TWO) == set()
    assert dial_in.in_answer((key, f"{key}a=key-mgmt:keyp1 AAAA\n"), offer=_TWO) == {"SDP_015"}
    assert dial_in.in_answer((key, "a=key-mgmt:keyp1 AAAA\n"), offer=_TWO) == {"SDP_008"}
    strange = dial_in.in_answer((key, "a=key-mgmt:keyp1 AAAA\n"))
    assert strange == {"SDP_008", "SDP_015"}
    assert "is of 'keyp1'; the offer listed 'mikey'." in strange.said


def test_sdp_015__an_answer_to_no_protocol_has_none(dial_in):
    """An answer with a key to an offer without one takes a protocol that was not offered."""
    key = _bfcp_key(dial_in.offer_text)
    found = dial_in.in_answer(offer=((key, ""),))
    assert found == {"SDP_015"}
    assert "the offer listed none." in found.said
    assert dial_in.in_answer(offer=((key, "a=key-mgmt:mikey\n"),)) == set()
    assert dial_in.in_answer((_bfcp_key(dial_in.answer_text), ""), offer=((key, ""),)) == {"SDP_008"}


def test_sdp_016__the_answer_stands_at_the_level_of_the_offer(dial_in):
    """The answer has its key-mgmt at the level at which the offer had it."""
    key = _bfcp_key(dial_in.answer_text)
    offered = _bfcp_key(dial_in.offer_text)
    lifted = [(key, ""), ("t=0 0\n", f"t=0 0\n{key}")]
    offer = ((offered, ""), ("t=0 0\n", f"t=0 0\n{offered}"))
    lowered = dial_in.in_answer(*lifted)
    assert lowered == {"SDP_016"}
    assert "offer has its a=key-mgmt at the media level, and the answer at the session level" in lowered.said
    assert dial_in.in_answer(*lifted, offer=offer) == set()
    assert dial_in.in_answer(offer=offer) == {"SDP_016"}


def test_sdp_017__without_a_known_protocol_the_stream_is_rejected(dial_in):
    """A stream for which the offer lists unknown protocols only is not accepted."""
    offer = ((_bfcp_key(dial_in.offer_text), "a=key-mgmt:keyp1 AAAA\n"),)
    key = _bfcp_key(dial_in.answer_text)
    assert dial_in.in_answer((key, "a=key-mgmt:keyp1 AAAA\n"), offer=offer) == {"SDP_008", "SDP_017"}
    assert dial_in.in_answer(("m=application 9", "m=application 0"), offer=offer) == set()


@pytest.mark.parametrize("accepted", [True, False])
def test_sdp_018__one_failure_ends_all(dial_in, accepted):
    """An answer with a MIKEY error for one stream accepts no stream, also none that succeeded."""
    ports = [
        ("m=audio 30000", "m=audio 0"),
        ("m=message 2855", "m=message 0"),
        ("m=application 9", "m=application 0"),
    ]
    key = _bfcp_key(dial_in.answer_text)
    edits = [(key, "a=key-mgmt:mikey AQYFAAAA\n"), *ports[accepted:]]
    found = dial_in.in_answer(*edits)
    assert found == ({"SDP_018"} if accepted else set())
    assert not accepted or "1 of the streams is accepted all the same" in found.said


def test_sdp_018__an_answer_without_a_failure_goes_on(dial_in):
    """An answer whose key management succeeded accepts its streams."""
    assert dial_in.in_answer() == set()
    key = _bfcp_key(dial_in.answer_text)
    all_accepted = dial_in.in_answer((key, "a=key-mgmt:mikey AQYFAAAA\n"))
    assert all_accepted.places == ["media[2].attribute[7]"]
    assert "3 of the streams are accepted all the same" in all_accepted.said


def test_sdp_018__a_failure_at_the_session_level_counts(dial_in):
    """A MIKEY error for the session ends all streams too."""
    assert dial_in.in_answer(("t=0 0\n", "t=0 0\na=key-mgmt:mikey AQYFAAAA\n")) == {"SDP_018"}


def test_sdp_019__a_new_key_is_of_the_same_protocol(dial_in):
    """A later offer uses the key management protocol of the first one."""
    key = _bfcp_key(dial_in.offer_text)
    assert dial_in.in_later_offer((key, "a=key-mgmt:mikey AQ4FAAAA\n")) == set()
    assert dial_in.in_later_offer((key, "a=key-mgmt:keyp1 AAAA\n")) == {"SDP_008", "SDP_019"}
    assert dial_in.in_later_offer((key, "a=key-mgmt:keyp1 AAAA\n"), before=_TWO) == {"SDP_008"}
