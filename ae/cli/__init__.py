"""The command line: ``main`` finds the command, one module for each group of commands runs it.

A module is imported only when one of its commands runs, so that ``--help`` and ``list`` take a moment. Imports
everything but ``ui``.
"""
