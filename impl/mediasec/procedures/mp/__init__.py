"""Mp, MRFC to MRFP: the procedures of stage 2 as typed messages.

The stage 3 encoding is H.248 (TS 29.333) and is not modelled. A procedure is a request that the MRFC sends
and a reply of the MRFP, or a notification that the MRFP sends; each is a dataclass whose fields are the
information elements of TS 23.333 clause 8.
"""
