"""SDP: the descriptions by which two ends agree on streams that are secured by TLS and MIKEY-TICKET.

- `registry`: names and values that RFCs and 3GPP give a meaning to.
- `fields`: the values of single lines, such as a media line or an origin.
- `message`: a session description, octets in and octets out.
- `attributes`, `msrp_uri`: the values of attributes.
- `streams`: a stream with the attributes that apply to it, at whichever level they stand.
- `rules`: what an offer, an answer, both together and a later offer break.
- `exchange`: what an offer and its answer agreed on: who connects to where, and who is the TLS client.
- `offers`: an offer and an answer for MSRP and BFCP streams, made and checked.
"""
