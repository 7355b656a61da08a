"""The command line: ``main`` finds the command, and a module for each group of commands runs it.

A module is imported only when one of its commands runs, so that ``--help`` and ``list`` are fast. Imports everything
but ``ui``.
"""
