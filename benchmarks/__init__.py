"""Measures what docs/BENCHMARKS.md and the README claim: see __main__.py."""
