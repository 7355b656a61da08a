"""The networks: what every autoencoder can do, one file for each network, and the registry that names them.

Imports nothing else of the package. To add a network, write a class in a file here and an entry in ``registry.py``.
"""
