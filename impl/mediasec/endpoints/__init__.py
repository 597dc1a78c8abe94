"""Endpoints: sockets, TLS keyed by a pre-shared key, the clock and randomness.

`stream` opens and accepts TCP connections and starts TLS on them; `tls_layer` is TLS over any such
connection, `tls_psk` the pre-shared keys in the `ssl` module of every supported Python, and `tls_profile`
what an endpoint offers and refuses.
"""
