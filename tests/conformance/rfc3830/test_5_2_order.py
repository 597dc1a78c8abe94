"""RFC 3830, 5.2: the recommended order of payloads."""

from mediasec.mikey.rules import check_message, reasons_to_reject


def test_mky_015__the_listed_order_is_recommended(mikey_messages):
    """The payloads of a message stand in the order in which the exchange lists them."""
    message = mikey_messages["request_init_psk"]
    assert check_message(message) == []
    timestamp, rand, *others = message.payloads
    swapped = type(message)(header=message.header, payloads=(rand, timestamp, *others))
    findings = check_message(swapped)
    assert [(finding.requirement, finding.where) for finding in findings] == [("MKY_015", "payload[1]")]


def test_mky_015__another_order_is_accepted(mikey_messages):
    """A receiver accepts payloads in another order."""
    message = mikey_messages["resolve_resp"]
    *others, verification = message.payloads
    turned = type(message)(header=message.header, payloads=(*reversed(others), verification))
    assert check_message(turned)
    assert reasons_to_reject(check_message(turned)) == []
