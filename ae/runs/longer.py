"""What happens when a run is trained longer, in words; see ``ae.recipe.longer``."""

from ae.recipe import Recipe


def schedule_when_longer(recipe: Recipe, epochs: int) -> str:
    """Return a sentence on what happens to the learning rate when a run is trained longer, to ``epochs`` in all."""
    match recipe.schedule:
        case "one-cycle":
            new, count = epochs - recipe.epochs, len(recipe.cycles) + 1
            which = {2: "a second", 3: "a third", 4: "a fourth", 5: "a fifth"}.get(count, "another")
            over = f"the {new:,} new epochs" if new > 1 else "the new epoch"
            return f"The one-cycle schedule ends after epoch {recipe.epochs:,}, so {which} cycle follows over {over}."
        case "plateau":
            return "The learning rate stays as it is, and is divided by 10 whenever the training loss stalls again."
    return f"The learning rate stays at {recipe.learning_rate:g}."
