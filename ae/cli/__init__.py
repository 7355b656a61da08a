"""The command line, one module for each group of commands; the only part of the package that prints.

Imports everything but ``ui``.
"""
