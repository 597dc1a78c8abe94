"""Procedures that join protocols, without I/O: time and random octets are arguments.

Messages go in and out as octets; time is seconds since 1970, UTC.
"""
