"""Measure the figures in docs/BENCHMARKS.md and the README: see __main__.py."""
