"""The site: what the sources and the last test run say, as pages that work from disk.

Sphinx reads the pages and sphinx-needs checks the objects; how they look is decided here and in `docs/theme`.
"""
