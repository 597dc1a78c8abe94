"""Evidence: what a test run showed, kept with the fingerprints of the code that it speaks of."""
