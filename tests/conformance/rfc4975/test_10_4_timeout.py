import pytest

from mediasec.msrp.events import MessageFailed, MessageSent


def answer(pair, code: int) -> list:
    """Have Alice send a message and get a response with a code; return her news."""
    pair.alice.send(b"Hi", "text/plain")
    pair.alice_side.output()
    (sent,) = pair.alice_side.messages()
    return pair.alice_side.receive(
        f"MSRP {sent.transaction_id} {code}\nTo-Path: {pair.alice.terms.local.serialize()}\n"
        f"From-Path: {pair.bob.terms.local.serialize()}\n-------{sent.transaction_id}$\n"
    )


def test_msrp_047__408_is_what_silence_is(msrp_pair):
    """A 408 has the same news as 30 seconds without a response."""
    silent, told = msrp_pair(), msrp_pair()
    silent.alice.send(b"Hi", "text/plain")
    silent.alice_side.output()
    silent.alice_side.connection.handle_timer(30.0)
    (silence,) = silent.alice_side.news()
    (news,) = answer(told, 408)
    assert isinstance(news, MessageFailed)
    assert (news.message_id, news.code) == (silence.message_id, silence.code)
    assert told.alice_side.connection.next_timer is None
    assert told.alice.state is silent.alice.state


@pytest.mark.parametrize("code", [200, 403])
def test_msrp_047__other_codes_are_not(msrp_pair, code):
    """Another code is not taken for a time-out."""
    (news,) = answer(msrp_pair(), code)
    assert isinstance(news, MessageSent) or news.code == code


def test_msrp_047__a_response_to_nothing_known_is_ignored(msrp_pair):
    """A response with a transaction ID that was never sent says nothing."""
    pair = msrp_pair()
    assert (
        pair.alice_side.receive(
            f"MSRP nobody00 408\nTo-Path: {pair.alice.terms.local.serialize()}\n"
            f"From-Path: {pair.bob.terms.local.serialize()}\n-------nobody00$\n"
        )
        == []
    )
