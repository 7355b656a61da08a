"""The networks: the interface of every autoencoder, one file per network, and the registry that lists them.

Imports nothing else from the package. To add a network, write a class in a file here and an entry in ``registry.py``.
"""
