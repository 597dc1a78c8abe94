"""No key shows in a representation, a text or an error of the MIKEY-TICKET parties."""

import pytest

from mediasec.errors import LocalProtocolError, RemoteProtocolError
from mediasec.mikey.message import Message
from mediasec.procedures.tls_key import tls_pre_shared_key

SECRET_INPUTS = ("PSK", "TPK", "MPK", "TGK", "GTGK", "TEK", "envelope key", "salt of")
CASES = ["mode_1", "mode_1_forking_256", "mode_1_group_key", "mode_1_tek", "mode_3_key_wrap", "mode_4"]


def secrets(exchange):
    """Yield every key of an exchange: what is drawn and what is derived."""
    for name, value in exchange["inputs"].items():
        if isinstance(value, str) and name.startswith(SECRET_INPUTS):
            yield bytes.fromhex(value)
    for step in exchange["steps"]:
        if step["operation"] == "prf":
            yield bytes.fromhex(step["output"])


def shown_nowhere(exchange, texts):
    for secret in secrets(exchange):
        for text in texts:
            assert secret.hex() not in text
            assert repr(secret)[2:-1] not in text


@pytest.mark.parametrize("case", CASES)
def test_no_key_in_a_representation(replayed, case):
    """What a whole exchange leaves behind shows no key."""
    parties = replayed(case)
    if "REQUEST_INIT" in parties.octets:
        parties.request()
        granted = parties.initiator.receive_ticket(
            parties.octets["REQUEST_RESP"], parties.now("REQUEST_RESP")
        )
    else:
        parties.make_ticket()
        granted = parties.initiator.ticket
    parties.transfer()
    answer = parties.take()
    if answer.to_kms is not None:
        answer = parties.take_keys()
    agreement = parties.initiator.receive_response(answer.to_initiator)
    things = [
        granted,
        agreement,
        agreement.protection,
        agreement.bundle.sessions[0],
        tls_pre_shared_key(agreement.bundle, parties.settings.profile),
        parties.initiator._asked,
        parties.initiator._sent,
        parties.responder._asked,
        parties.ticket_key,
        parties._association("initiator"),
        vars(parties.initiator),
        vars(parties.responder),
        vars(parties.kms),
        vars(parties.kms._directory),
        *[Message.parse(octets) for octets in parties.octets.values()],
    ]
    shown_nowhere(parties.exchange, [text for thing in things for text in (repr(thing), str(thing))])


@pytest.mark.parametrize("case", CASES)
def test_no_key_in_an_error(replayed, octet_stream, case):
    """What goes wrong says so without a key, in the whole chain of errors."""
    parties = replayed(case)
    texts = []
    for octets in parties.octets.values():
        for place in range(0, len(octets), 11):
            wrong = octets[:place] + bytes([octets[place] ^ 0x55]) + octets[place + 1 :]
            answer = parties.kms.answer(wrong, parties.now("TRANSFER_INIT"), octet_stream())
            texts.append(str(answer.refusal))
            try:
                parties.new_responder().receive_transfer(wrong, parties.now("TRANSFER_INIT"), octet_stream())
            except (RemoteProtocolError, LocalProtocolError) as error:
                texts += [str(error), repr(error), repr(error.__cause__), repr(error.__context__)]
    shown_nowhere(parties.exchange, texts)
