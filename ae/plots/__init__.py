"""Figures: arrays in; a Plotly figure, a picture or an animation out. Colours, fonts and sizes are defined here.

``report`` composes figures of runs to a page. Imports ``models``, ``data``, ``recipe``, ``presets``, ``analysis`` and
``runs``.
"""
