"""Import all that is imported late, so that the time of a task is its own."""

import importlib.util
import pkgutil

import ae.analysis
import ae.plots
import ae.ui

LATE = ("matplotlib.figure", "sklearn.manifold", "sklearn.mixture", "scipy.ndimage", "imageio_ffmpeg")


def import_all() -> None:
    """Import the modules of the packages that screens and commands use, and what those import late."""
    for package in (ae.analysis, ae.plots, ae.ui):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    for name in LATE:
        if importlib.util.find_spec(name.partition(".")[0]):
            importlib.import_module(name)
