"""MSRP, the Message Session Relay Protocol (RFC 4975): octets in, events out, and octets to send.

The modules from the bottom up: `registry` (methods, codes, header names), `uri`, `message` (one request or
response), `framing` (a stream of octets into the pieces of messages), `reassembly` (chunks into whole
messages), `sending` (whole messages into chunks that can be interrupted), `reports`, `session` (one session:
its states and transactions), `connection` (one transport connection and the sessions on it), `switch` (who
gets what in a conference), `addressing` (where the active party connects to). There is no socket, clock or
randomness in it: times and identifiers are arguments. Relays (RFC 4976) are out of scope.
"""
