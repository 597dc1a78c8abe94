"""IMS media plane security: the reference implementation of TR 29.828 clause 7.1.

It has the layers of the field: octets and lines at the bottom, one package for each protocol (`sdp`,
`mikey`, `msrp`, `bfcp`), `procedures` that join protocols, `endpoints` that own sockets, TLS, the clock and
randomness, and `nodes` that are the KMS, the IMS UE, the MRFC and the MRFP. A layer imports downward only.
"""
