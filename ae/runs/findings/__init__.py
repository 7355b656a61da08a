"""Questions about autoencoders, answered by measuring the runs of a grid: ``python -m ae study``.

Each question is a module here with a ``Question``: its grid of runs, what is measured of each, what is drawn, and the
answer in words, which is computed from the measured figures. ``questions.py`` lists them.
"""
