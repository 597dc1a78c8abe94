"""`python -m mpspec` is `mpspec`."""

from mpspec.cli import main

main()
