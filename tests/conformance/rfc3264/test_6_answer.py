"""The answer as a whole."""

import pytest

from mediasec.sdp.rules import check_exchange


def _bfcp(text):
    return text[text.index("m=application") :]


def test_sdp_073__as_many_streams_as_offered(dial_in):
    """The answer has exactly as many media lines as the offer."""
    less = [(_bfcp(dial_in.answer_text), "")]
    assert dial_in.in_answer(*less) == {"SDP_073"}
    more = [(_bfcp(dial_in.answer_text), _bfcp(dial_in.answer_text) + "m=audio 0 RTP/AVP 0\n")]
    assert dial_in.in_answer(*more) == {"SDP_073"}
    none = [(dial_in.answer_text[dial_in.answer_text.index("m=audio") :], "")]
    assert dial_in.in_answer(*none) == {"SDP_073"}


@pytest.mark.parametrize("time", ["t=0 1", "t=0 0\nr=7d 1h 0", "t=0 0\nt=0 0"])
def test_sdp_075__the_time_stays(dial_in, time):
    """The time lines of the answer equal those of the offer."""
    found = dial_in.in_answer(("t=0 0", time))
    assert found == {"SDP_075"}
    assert ("not all those of the offer" in found.said) is time.startswith("t=0 0")
    assert dial_in.in_answer(("t=0 0", time), offer=(("t=0 0", time),)) == set()


def test_sdp_076__the_answer_has_an_origin_of_its_own(dial_in):
    """The origin of an answer that differs from the offer differs from the offer's."""
    origin = next(line for line in dial_in.offer_text.splitlines() if line.startswith("o="))
    own = next(line for line in dial_in.answer_text.splitlines() if line.startswith("o="))
    assert dial_in.in_answer((own, origin)) == {"SDP_076"}


def test_sdp_076__an_answer_equal_to_the_offer_may_have_its_origin(dial_in):
    """An answer that does not differ from the offer at all has no other origin."""
    found = {finding.requirement for finding in check_exchange(dial_in.offer(), dial_in.offer())}
    assert "SDP_076" not in found
