"""Figures: arrays in; a Plotly figure, a PNG or a GIF out. Colours, fonts and sizes are defined here.

Imports ``data``, ``recipe``, ``analysis`` and ``runs``.
"""
