"""RFC 6043, 5.4: the MAC of an error message."""

import pytest

from mediasec.errors import AuthenticationFailed
from mediasec.mikey.message import Message
from mediasec.mikey.protection import ProtectionKeys, error_coverage, verify
from mediasec.mikey.registry import PrfFunction


def test_mky_153__error_is_covered_alone_under_the_keys_of_the_faulty_message(vectors):
    """The MAC of an error message covers that message, under the key of the message with the error."""
    exchange = vectors("mikey/exchanges/mode_1_request_refused")
    inputs = exchange["inputs"]
    octets = {message["id"]: bytes.fromhex(message["octets"]) for message in exchange["messages"]}
    error = Message.parse(octets["ERROR"])
    arguments = (
        PrfFunction.MIKEY_1,
        bytes.fromhex(inputs["PSK of the Initiator"]),
        int(inputs["CSB ID of the request"], 16),
    )
    rand_i = bytes.fromhex(inputs["RANDRi of the request"])
    keys = ProtectionKeys.of_initial(*arguments, rand_i=rand_i)
    verify(error, keys, error_coverage(error))
    for wrong_keys, covered in (
        (ProtectionKeys.of_response(*arguments, rand_i=rand_i), error_coverage(error)),
        (keys, error_coverage(error) + octets["REQUEST_INIT"]),
    ):
        with pytest.raises(AuthenticationFailed):
            verify(error, wrong_keys, covered)


def test_mky_153__error_without_a_mac_is_not_authentic(vectors):
    """An error message without a MAC never verifies."""
    exchange = vectors("mikey/exchanges/mode_1_transfer_refused")
    (error,) = (
        Message.parse(bytes.fromhex(each["octets"])) for each in exchange["messages"] if each["id"] == "ERROR"
    )
    with pytest.raises(AuthenticationFailed):
        verify(error, ProtectionKeys.of_initial(PrfFunction.MIKEY_1, bytes(16), 1), error_coverage(error))
