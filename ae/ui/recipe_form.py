"""The form that makes recipes: presets first, everything else behind "More"."""

from dataclasses import fields

import streamlit as st

from ae.data import sources
from ae.models.registry import MODELS
from ae.presets import PRESETS, preset
from ae.recipe import Recipe
from ae.ui import plain

SIZES = ("2", "4", "8", "16", "32")
MORE = (
    "model",
    "activation",
    "code_activation",
    "init",
    "optimiser",
    "learning_rate",
    "schedule",
    "weight_decay",
    "augmentation",
    "loss",
    "noise",
    "noise_levels",
    "beta",
    "validation_images",
    "seed",
    "precision",
    "device",
)
LABELS = {
    "epochs": "Epochs",
    "batch_size": "Batch size",
    "model": "Network",
    "activation": "Activation",
    "code_activation": "Activation of the code",
    "init": "Initial weights",
    "optimiser": "Optimiser",
    "learning_rate": "Learning rate",
    "schedule": "Schedule of the learning rate",
    "weight_decay": "Weight decay",
    "augmentation": "Changes of training images",
    "loss": "Error",
    "noise": "Noise in training",
    "noise_levels": "Levels of that noise",
    "beta": "Weight of the KL term",
    "validation_images": "Images kept aside",
    "seed": "Seed",
    "precision": "Precision",
    "device": "Device",
}
_SETTINGS = {setting.name: setting for setting in fields(Recipe)}


def recipe_form() -> tuple[list[Recipe], str]:
    """Ask for everything a run is made from; give a recipe for each bottleneck size, and the preset's name.

    The list is empty where a value is not allowed; a sentence on the screen says which, and what is.
    """
    if "form_epochs" not in st.session_state:
        st.session_state.setdefault("form_preset", next(iter(PRESETS)))
        st.session_state.setdefault("form_dataset", "mnist" if sources.is_here("mnist") else "digits")
        _fill()
    chosen = st.selectbox(
        "Preset",
        list(PRESETS),
        key="form_preset",
        format_func=lambda name: PRESETS[name].title,
        on_change=_fill,
        persist_state="session",
        help="Where to start from; all that follows may then be changed. "
        + " ".join(f"**{item.title}**: {item.sentence}" for item in PRESETS.values()),
    )
    st.caption(PRESETS[chosen].sentence)
    st.selectbox(
        "Dataset",
        list(sources.SOURCES),
        key="form_dataset",
        format_func=lambda name: sources.SOURCES[name].title + ("" if sources.is_here(name) else " (download)"),
        on_change=_fit,
        persist_state="session",
        help=_SETTINGS["dataset"].metadata["help"]
        + " "
        + " ".join(f"**{source.title}**: {source.sentence}" for source in sources.SOURCES.values()),
    )
    sizes = st.multiselect(
        "Bottleneck sizes",
        SIZES,
        key="form_sizes",
        accept_new_options=True,
        persist_state="session",
        help="How many numbers are kept of an image, often called z. With several, one model is trained for each, one "
        "after the other. Any whole number can be typed.",
    )
    left, right = st.columns(2)
    for place, name in ((left, "epochs"), (right, "batch_size")):
        with place:
            _widget(name)
    with st.expander("More", icon=":material/tune:"):
        st.text_input(
            "Name", key="form_name", persist_state="session", help="What to call the run; left empty, it is described."
        )
        for name in MORE:
            if name != "beta" or MODELS[st.session_state["form_model"]].variational:
                _widget(name)
    return _recipes(sizes), chosen


def _recipes(sizes: list[str]) -> list[Recipe]:
    """Make the recipes; where they can't be made, show the sentence and give none."""
    values = {name: st.session_state[f"form_{name}"] for name in ("dataset", "epochs", "batch_size", *MORE)}
    if not MODELS[values["model"]].variational:
        values["beta"] = 0.0
    if not sizes:
        st.error("Choose at least one bottleneck size.", icon=":material/error:")
        return []
    try:
        return [Recipe(**values, code_size=int(text) if text.strip().isdecimal() else text) for text in sizes]
    except ValueError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return []


def _fill() -> None:
    """Put the preset's values, fitted to the dataset, into every widget."""
    recipe = preset(st.session_state["form_preset"], dataset=st.session_state["form_dataset"])
    for name in ("epochs", "batch_size", *MORE):
        st.session_state[f"form_{name}"] = getattr(recipe, name)
    st.session_state["form_sizes"] = [str(recipe.code_size)]


def _fit() -> None:
    """Fit to the dataset what depends on its size, and keep all else as it was entered."""
    recipe = preset(st.session_state["form_preset"], dataset=st.session_state["form_dataset"])
    for name in ("batch_size", "validation_images"):
        st.session_state[f"form_{name}"] = getattr(recipe, name)


def _widget(name: str) -> None:
    about = _SETTINGS[name].metadata
    common = {"key": f"form_{name}", "help": about["help"], "persist_state": "session"}
    if name == "model":
        common["help"] += "".join(f" **{kind.title}**: {kind.sentence}" for kind in MODELS.values())
        st.selectbox(LABELS[name], about["choices"], format_func=lambda model: MODELS[model].title, **common)
    elif about["choices"]:
        st.selectbox(LABELS[name], about["choices"], **common)
    elif _SETTINGS[name].type is float:
        st.number_input(LABELS[name], format="%.6g", step=None, **common)
    else:
        st.number_input(LABELS[name], step=1, **common)
