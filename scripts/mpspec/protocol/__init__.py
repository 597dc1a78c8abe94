"""Protocol tools: decode a message, check it against the rules, and be its peer."""
