"""The form for recipes: the preset, a picture of its network, the main settings, and all others under "Advanced"."""

from types import SimpleNamespace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ae.data import sources
from ae.models.penalties import PENALTIES
from ae.models.registry import MODELS
from ae.models.rules import applies, without_idle
from ae.presets import PRESETS, fitted, preset
from ae.recipe import DEFAULTS, SETTINGS, Recipe
from ae.runs import machine
from ae.runs.grid import Grid
from ae.ui import grid_form, plain
from ae.ui.add_images import CHOSEN, OPEN, add_images, open_dialog
from ae.ui.diagram import network_diagram
from ae.ui.labels import LABELS, value_label

SIZES = ("2", "4", "8", "16", "32")
ADVANCED = (
    "batch_size",
    "model",
    "activation",
    "code_activation",
    "top_k",
    "codebook_size",
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
    "penalty",
    "penalty_weight",
    "target_activity",
    "validation_images",
    "seed",
    "precision",
    "device",
)


def recipe_form() -> tuple[Grid | None, str, DeltaGenerator]:
    """Show the form; return the grid of recipes, the preset's name, and the place for the button that trains.

    The grid may be a single recipe; it is None if a value is not allowed, and a message then names the value and the
    range. The place is between the main settings and the folded ones.
    """
    if "form_epochs" not in st.session_state:
        st.session_state.setdefault("form_preset", next(iter(PRESETS)))
        st.session_state.setdefault("form_dataset", "mnist" if sources.is_here("mnist") else "digits")
        _fill()
    if st.session_state["form_dataset"] not in sources.names():  # its folder was deleted
        st.session_state["form_dataset"] = "digits"
    if brought := st.session_state.pop(CHOSEN, ""):
        st.session_state["form_dataset"] = brought
        _fit()
    chosen = st.selectbox(
        "New run from preset",  # the page itself shows a run that is there
        list(PRESETS),
        key="form_preset",
        format_func=lambda name: PRESETS[name].title,
        on_change=_fill,
        persist_state="session",
        help="A set of values to start from; every setting below can be changed. "
        + " ".join(f"**{item.title}**: {item.sentence}" for item in PRESETS.values()),
    )
    picture = st.container()
    st.selectbox(
        "Dataset",
        sources.names(),
        key="form_dataset",
        format_func=dataset_label,
        on_change=_fit,
        persist_state="session",
        help=SETTINGS["dataset"].metadata["help"]
        + " "
        + " ".join(f"**{source.title}**: {source.sentence}" for source in sources.SOURCES.values()),
    )
    st.button(
        "Add your own images",
        key="form_add",
        type="tertiary",
        icon=":material/add_photo_alternate:",
        on_click=open_dialog,
        help="Train on pictures of your own, from a zip or an .npz file.",
    )
    if st.session_state.get(OPEN):
        add_images()
    left, right = st.columns([5, 3], gap="small")
    sizes = left.multiselect(
        "Bottleneck sizes",
        SIZES,
        key="form_sizes",
        accept_new_options=True,
        persist_state="session",
        help="The number of units in the latent code of an image. Choose several to train a model for each. You can "
        "type any whole number, up to the number of values of an image.",
    )
    with right:
        _widget("epochs")
    place = st.container(key="train_place")
    # Keys keep them open when their labels change. If opening one ran the page again, all its fields would be new.
    with st.expander(_summary(), key="form_advanced"):
        st.text_input("Name", key="form_name", persist_state="session", placeholder="Derived from the recipe")
        for name in ADVANCED:
            if applies(name, SimpleNamespace(**_entered())):
                _widget(name)
    with st.expander(grid_form.summary(), key="form_grid"):
        grid_form.grid_fields()
    with place:  # where a message is seen
        wanted = _grid(sizes)
    shown = list({recipe.code_size: recipe for recipe in wanted.recipes()}.values()) if wanted else []
    drawn = st.session_state["form_drawn"] = shown or st.session_state.get("form_drawn", [])
    if drawn:
        with picture:
            network_diagram(drawn, key="network")
    return wanted, chosen, place


def dataset_label(name: str) -> str:
    """Return a dataset's title; with how many images they are if they are one's own, and whether it is downloaded."""
    source = sources.find(name)
    if source.own:
        (channels, side, _), count = source.shape, source.training_images + source.test_images
        return f"{source.title} · {count:,} images, {side} × {side} {'colour' if channels == 3 else 'grey'}"
    return source.title + ("" if sources.is_here(name) else " (download)")


def bring(recipe: Recipe, preset: str) -> None:
    """Have the form show a recipe that was made from a preset, when Train is opened next."""
    st.session_state["form_preset"] = preset
    for setting in ("dataset", "epochs", *ADVANCED):
        st.session_state[f"form_{setting}"] = getattr(recipe, setting)
    st.session_state["form_sizes"] = [str(recipe.code_size)]
    st.session_state["form_name"] = st.session_state["form_seeds"] = ""
    for row in range(grid_form.ROWS):
        st.session_state[f"form_vary_{row}"] = None


def _summary() -> str:
    """Return the label of the folded settings, with how many differ from the preset's."""
    usual = _usual(st.session_state["form_noise"])
    set_to = without_idle(_entered(), DEFAULTS)
    changed = sum(value != getattr(usual, name) for name, value in set_to.items())
    return "Advanced" + (f": {changed}\u00a0changed" if changed else "")


def _grid(sizes: list[str]) -> Grid | None:
    """Return the grid; show a message and return None if a value is not allowed."""
    values = without_idle(_entered(), DEFAULTS)
    values |= {name: st.session_state[f"form_{name}"] for name in ("dataset", "epochs")}
    if not sizes:
        st.error("Choose at least one bottleneck size.", icon=":material/error:")
        return None
    try:
        codes = [_size(text) for text in sizes]
        base = Recipe(**values, code_size=codes[0])
        return Grid(base, {"code_size": tuple(codes), **grid_form.varied()})
    except ValueError as error:
        name, _, rest = str(error).partition(" ")
        st.error(plain(f"{LABELS.get(name, name)} {rest}"), icon=":material/error:")
        return None


def _entered() -> dict[str, Any]:
    """Return what the widgets of the advanced settings have, those that are not shown included."""
    return {name: st.session_state[f"form_{name}"] for name in ADVANCED}


def _size(text: str) -> Any:  # noqa: ANN401
    """Return a bottleneck size; anything but a whole number stays text, which the recipe rejects."""
    return int(text) if text.strip().isdecimal() else text


def _fill() -> None:
    """Set every widget to the preset's value for the dataset."""
    recipe = preset(st.session_state["form_preset"], dataset=st.session_state["form_dataset"])
    for name in ("epochs", *ADVANCED):
        st.session_state[f"form_{name}"] = getattr(recipe, name)
    st.session_state["form_sizes"] = [str(recipe.code_size)]


def _fit() -> None:
    """Adapt the settings that depend on the dataset's size; keep all others as they were entered."""
    recipe = _usual(st.session_state["form_noise"])
    for name in ("batch_size", "validation_images", "learning_rate"):
        st.session_state[f"form_{name}"] = getattr(recipe, name)


def _calm() -> None:
    """Adapt the preset's learning rate to the noise; keep one that was entered."""
    if st.session_state["form_learning_rate"] in {_usual(noise).learning_rate for noise in (0.0, 1.0)}:
        st.session_state["form_learning_rate"] = _usual(st.session_state["form_noise"]).learning_rate


def _usual(noise: float | None) -> Recipe:
    """Return the preset's recipe for the dataset, if it is trained with that noise."""
    return fitted(PRESETS[st.session_state["form_preset"]].recipe, st.session_state["form_dataset"], noise or 0.0)


def _keep() -> None:
    """Set how many units top-k keeps, if it was just chosen: a quarter of those of the smallest code."""
    if st.session_state["form_code_activation"] == "top-k" and not st.session_state["form_top_k"]:
        sizes = [int(size) for size in st.session_state["form_sizes"] if size.strip().isdecimal()]
        st.session_state["form_top_k"] = max(1, min(sizes, default=4) // 4)


def _suit() -> None:
    """Set the weight of a penalty that was just chosen, and the activation of the code that it needs."""
    if penalty := PENALTIES.get(st.session_state["form_penalty"]):
        st.session_state["form_penalty_weight"] = penalty.usual
        if penalty.code_activations and st.session_state["form_code_activation"] not in penalty.code_activations:
            st.session_state["form_code_activation"] = penalty.code_activations[0]


def _widget(name: str) -> None:
    about = SETTINGS[name].metadata
    common: dict[str, Any] = {"key": f"form_{name}", "help": about["help"], "persist_state": "session"}
    common["on_change"] = {"penalty": _suit, "code_activation": _keep, "noise": _calm}.get(name)
    if name == "model":
        common["help"] += "".join(f" **{kind.title}**: {kind.sentence}" for kind in MODELS.values())
        st.selectbox(LABELS[name], about["choices"], format_func=lambda model: MODELS[model].title, **common)
    elif about["choices"]:
        if name == "penalty":
            common["help"] += "".join(f" **{kind.title}**: {kind.sentence}" for kind in PENALTIES.values())
        st.selectbox(LABELS[name], about["choices"], format_func=value_label, **common)
    elif SETTINGS[name].type is float:
        st.number_input(LABELS[name], format="%.6g", step=None, **common)
    else:
        st.number_input(LABELS[name], step=1, **common)
    state = st.session_state
    if name == "precision" and (slow := machine.warning(state["form_precision"], state["form_device"])):
        st.warning(slow, icon=":material/hourglass_bottom:")
