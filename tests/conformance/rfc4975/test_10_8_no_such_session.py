import pytest

from mediasec.msrp.events import MessageFailed, SessionFailed
from mediasec.msrp.states import State


def answer(pair, code: int) -> tuple[str, list]:
    name = pair.alice.send(b"Hi", "text/plain")
    pair.alice_side.output()
    (sent,) = pair.alice_side.messages()
    return name, pair.alice_side.receive(
        f"MSRP {sent.transaction_id} {code}\nTo-Path: {pair.alice.terms.local.serialize()}\n"
        f"From-Path: {pair.bob.terms.local.serialize()}\n-------{sent.transaction_id}$\n"
    )


@pytest.mark.parametrize("code", [481, 506])
def test_msrp_049__the_session_is_given_up(msrp_pair, code):
    """A 481 or 506 ends the session, and the user hears of message and session."""
    pair = msrp_pair()
    name, news = answer(pair, code)
    assert news == [
        MessageFailed(session=pair.alice, message_id=name, code=code),
        SessionFailed(session=pair.alice, code=code),
    ]
    assert pair.alice.state is State.FAILED
    assert pair.alice_side.connection.sessions == ()


@pytest.mark.parametrize("code", [400, 403, 413, 423, 501, 599])
def test_msrp_049__other_codes_do_not_end_it(msrp_pair, code):
    """Another error leaves the session as it is."""
    pair = msrp_pair()
    name, news = answer(pair, code)
    assert news == [MessageFailed(session=pair.alice, message_id=name, code=code)]
    assert pair.alice.state is State.ESTABLISHED
