"""Endpoints: sockets, TLS keyed by a pre-shared key, the clock and randomness.

`stream` opens TCP connections and starts TLS on them, `listener` accepts them; `tls_layer` is TLS over any
such connection, `tls_psk` the pre-shared keys in the `ssl` module of every supported Python, and
`tls_profile` what an endpoint offers and refuses.
"""
