"""Histories of runs, made up for figures."""

from ae.recipe import Recipe
from ae.runs.reading import Line

SPLIT, UNSPLIT = Recipe(validation_images=5000, epochs=4), Recipe(validation_images=0, epochs=4)


def history(recipe, epochs=4, batches=5):
    """Falling losses, on the validation or the test images, depending on the recipe."""
    lines = []
    for epoch in range(epochs + 1):
        losses = (0.2 / (epoch + 1), None) if recipe.validation_images else (None, 0.2 / (epoch + 1))
        count = batches if epoch else 0
        lines.append(Line(epoch, 0.3 / (epoch + 1), *losses, 1e-3, 2.0, 8, tuple(0.3 for _ in range(count))))
    return lines
