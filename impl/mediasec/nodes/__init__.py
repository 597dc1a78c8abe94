"""Nodes: KMS, IMS UE, MRFC and MRFP, each a party of the procedures on its own endpoints.

SIP is not modelled: an offer and its answer are handed from node to node. What a node sends is shown to an
observer, so that a run can be drawn and recorded.
"""
