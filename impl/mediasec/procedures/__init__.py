"""Procedures that join protocols, without I/O: time and random octets are arguments."""
