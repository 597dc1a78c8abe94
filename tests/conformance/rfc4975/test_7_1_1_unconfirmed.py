from mediasec.msrp.deliveries import MAX_OPEN_DELIVERIES
from mediasec.msrp.events import MessageFailed, MessageSent


def test_msrp_077__reports_that_did_not_come(msrp_pair):
    """When the session ends, its user hears of each message without its success report, and of no other."""
    pair = msrp_pair()
    pair.alice.send(b"reported", "text/plain", success_report=True)
    pair.carry()
    pair.bob.report_success(pair.bob_side.news()[0].message)
    missing = pair.alice.send(b"not reported", "text/plain", success_report=True)
    pair.alice.send(b"no report wanted", "text/plain")
    pair.carry()
    pair.alice_side.news()
    pair.alice.close()
    assert pair.alice_side.news() == [MessageFailed(session=pair.alice, message_id=missing, code=None)]


def test_msrp_077__too_many_to_remember(msrp_pair):
    """Where too many messages wait for reports, the user hears of the oldest before the end."""
    pair = msrp_pair()
    names = [
        pair.alice.send(b"Hi", "text/plain", success_report=True) for _ in range(MAX_OPEN_DELIVERIES + 1)
    ]
    assert pair.alice_side.news() == [MessageFailed(session=pair.alice, message_id=names[0], code=None)]
    pair.carry()
    assert pair.alice_side.news() == [MessageSent(session=pair.alice, message_id=name) for name in names[1:]]
