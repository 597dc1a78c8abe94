"""MIKEY-TICKET: the messages, tickets and keys that lead from a ticket request to a TLS pre-shared key."""
