"""The health of a latent code: how much each unit matters, and why some units are inactive."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from ae import ui
from ae.analysis import digit_classifier, latent, reconstruct
from ae.data.texts import listed
from ae.models.penalties import NONE
from ae.plots import latent_plots
from ae.plots.image_grid import Row, to_rgb
from ae.presets import PRESETS
from ae.recipe import Recipe
from ae.runs import folders, queue, reading
from ae.runs.folders import Run
from ae.ui import cached, classes
from ae.ui.images import TRUE_CLASS, image_rows
from ae.ui.measurements import RED_FRAME, classify
from ae.ui.pick_runs import show_run
from ae.ui.run_labels import labels
from ae.ui.unit_switches import Switch, unit_switches

AT_0 = 0.99
"""The least share of the test images for which a unit that a ReLU holds at 0 is exactly 0."""

ALL = "All units"
"""The label of the reconstructions by the whole code."""

PICTURES, CHOICES, NAMED = 8, 32, 4
"""How many test images are shown, how many units can be switched off, and how many of those are named, at most."""


def health_view(run: Run, runs: Sequence[Run]) -> None:
    """Show what each unit of a run's latent code is worth; which are inactive, what that costs and what to do.

    Args:
        run: whose code is shown.
        runs: all, to name one of the same recipe without inactive units.
    """
    health, growth = cached.health(run), cached.importance(run)
    most = int(growth.argmax())
    if health.inactive:
        _inactive(run, health.inactive)
    else:
        size = run.recipe.code_size
        all_units = {1: "The only unit is", 2: "Both units are"}.get(size, f"All {size} units are")
        st.markdown(f"**{all_units} active:** each changes from image to image. {_worth(growth)}")
    _switches(run, growth, health.active)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="remedies"):
        if health.inactive:
            _remedies(run, fuller_twin(run, runs))
        else:
            st.button(
                f"Move unit {most}", key="turn", icon=":material/tune:", on_click=_turn, args=(most,),
                help="Move its slider, and watch what changes in the image.",
            )  # fmt: skip
            if other := with_inactive(runs):
                st.page_link(
                    "pages/latent_space.py",
                    label="See a network with inactive units",
                    icon=":material/healing:",
                    query_params={"run": other.id, "view": "Health"},
                )
    ui.show_notice()
    if health.kl is not None:
        title = f"Information in each unit, {health.kl.sum():.1f} nats together"
        figure = latent_plots.unit_bars(health.kl, health.active, title=title, unit="KL (nats per image)")
        ui.chart(figure, key="kl", alt=f"{title}, as bars", file="units-kl")
        st.caption("The KL divergence from the prior is the information that a unit carries.")


def _worth(growth: np.ndarray) -> str:
    """Return a sentence on how much worse the images are without each unit; ``growth`` has shape (D,)."""
    order = np.argsort(-growth, kind="stable")
    most, least = order[0], order[-1]
    if len(growth) == 1:
        return f"Without it, the error would grow by {growth[0]:.0%}."
    if growth[most] < 1.1 * growth[least]:
        return f"All matter about equally: without one, the error grows by {growth[least]:.0%} to {growth[most]:.0%}."
    return (
        f"**Unit {most} matters most:** without it, the error grows by {growth[most]:.0%}, without unit {least} by "
        f"{growth[least]:.0%}."
    )


def with_inactive(runs: Sequence[Run]) -> Run | None:
    """Return the finished run with the most inactive units, if any has some."""
    counted = [
        (len(inactive), run.shipped, run.id, run)
        for run in runs
        if (inactive := reading.read_metrics(run).get("inactive_units")) and queue.state(run) == "finished"
    ]
    return max(counted)[-1] if counted else None


@st.fragment
def _switches(run: Run, growth: np.ndarray, active: np.ndarray) -> None:
    """Show test images without the units that a person switches off, at first the most important, and the switches.

    These are all units, or the ``CHOICES`` that matter most.
    """
    cached.model_and_codes(run)  # reruns the page if the run was deleted
    order, key = _in_order(growth, active), f"off-{run.id}"
    off = sorted(st.session_state.setdefault(key, [unit for unit in order if active[unit]][:1]))
    dataset, model = cached.dataset(run.recipe.dataset), cached.model(run)
    images = dataset.test_images[:PICTURES]
    heads = classes.heads(dataset, range(len(images)))
    classified = not digit_classifier.why_not(dataset.name)

    def row(label: str, shown: np.ndarray) -> Row:
        if not classified:
            return Row(label, to_rgb(shown), scores=[_growth(cached.growth_without(run, off))] if label != ALL else [])
        mistaken = classify(shown, heads)[1]
        recognised = f"{len(images) - len(mistaken)} of {len(images)} recognised"
        return Row(label, to_rgb(shown), mistaken=mistaken, scores=[recognised])

    rows = [Row("Original", to_rgb(images.numpy())), row(ALL, reconstruct.round_trip(model, images)[1])]
    if off:
        rows.append(row(f"Without {_these(off)}", cached.without(run, off, len(images))))
    with st.container(key="units_said"):
        if off and classified:
            whole, rest = (len(images) - len(each.mistaken) for each in rows[1:])
            effect = f", and {_recognised(rest, whole, len(images))}"
        else:
            effect = f": {rows[-1].scores[0]}" if off else ""
        seen = "which digits are lost" if classified else "what is lost"
        if active.any():
            st.markdown(_try(off, sum(active[order]) - len(off), effect, seen))
    switches = [Switch(unit, float(growth[unit]), bool(active[unit]), unit not in off) for unit in order]
    with st.container(key="units_pair"):
        with st.container(key="units_off"):
            image_rows(
                rows,
                heads=heads,
                head=TRUE_CLASS,
                alt="Test images, reconstructed without the units that are switched off",
                file="units",
                title=run.name,
                key=RED_FRAME if classified else "",
            )
        with st.container(key="units_switches", gap="xsmall"):
            measured = min(cached.WEIGHED, len(cached.test_codes(run)))
            each = f"each of the {CHOICES} units that matter most" if len(growth) > CHOICES else "each unit"
            st.caption(
                f"How much the test error grows without {each}",
                help=f"The mean squared error on {measured} test images, with the unit's mean value for every image.",
            )
            unit_switches(f"switches-{run.id}", switches, lambda units: st.session_state.update({key: units}))


def _in_order(growth: np.ndarray, active: np.ndarray) -> list[int]:
    """Return at most ``CHOICES`` units: inactive ones, then the active ones, those first that matter most."""
    order = [int(unit) for unit in np.argsort(-growth, kind="stable")]
    useful = [unit for unit in order if active[unit]][:CHOICES]
    idle = [unit for unit in range(len(growth)) if not active[unit]]
    return [*idle[: CHOICES - len(useful)], *useful]


def _try(off: Sequence[int], on: int, effect: str, seen: str) -> str:
    """Return in Markdown what the switches show, and what to try.

    Args:
        off: the units that are off.
        on: how many of the switches are on.
        effect: of switching those units off; empty if none is.
        seen: what one sees when one switches a unit off.
    """
    if not off:
        return f"All units are on. **Try it:** switch one off and see {seen}."
    several, these = len(off) > 1, _these(off)
    more = ", or another off" if on else ""
    return (
        f"{these[0].upper()}{these[1:]} {'are' if several else 'is'} off{effect}. "
        f"**Try it:** switch {'one' if several else 'it'} on{more}."
    )


def _recognised(rest: int, whole: int, count: int) -> str:
    """Return how many of ``count`` digits are recognised without some units, beside how many with all."""
    beside = "as with all units" if rest == whole else f"instead of {whole}"
    return f"{rest} of {count} digits are recognised {beside}"


def _these(off: Sequence[int]) -> str:
    """Return units as a text; they are named if they are few."""
    return f"{len(off)} units" if len(off) > NAMED else f"unit{'s' * (len(off) > 1)} {listed(list(map(str, off)))}"


def _growth(growth: float) -> str:
    """Return how much larger the error is, as in "error 83% higher"."""
    if abs(growth) < 0.005:
        return "same error"
    return f"error {abs(growth):.0%} {'higher' if growth > 0 else 'lower'}"


def _turn(unit: int) -> None:
    st.session_state["view"], st.session_state["focus_unit"] = "Units", unit


def _inactive(run: Run, inactive: Sequence[int]) -> None:
    """Count the inactive units, with what they cost and their cause."""
    size, several = run.recipe.code_size, len(inactive) > 1
    used = size - len(inactive)
    at_0 = (cached.test_codes(run)[:, list(inactive)] == 0).float().mean(0)
    held = _by_relu(run) and (at_0 >= AT_0).all()
    them, never = ("them", "they never change") if several else ("it", "it never changes")
    why = f"the ReLU holds {them} at 0" if held else never
    st.markdown(
        f"**{len(inactive)} of {size} unit{'s' * (size != 1)} {'are' if several else 'is'} inactive**: {why}, so "
        f"{used} number{'s encode' if used != 1 else ' encodes'} an image.",
        help=latent.cause(run.recipe),
    )


def _by_relu(run: Run) -> bool:
    """Whether the units of a run that are inactive can be so because of the ReLU on its code."""
    return run.recipe.code_activation == "relu" and run.recipe.penalty == NONE


def _remedies(run: Run, twin: Run | None) -> None:
    """Offer the ways to a network without inactive units."""
    if _by_relu(run) and not run.recipe.imported:
        clicked = st.button(
            "Fix it: train again without the ReLU",
            key="cure",
            type="primary",
            icon=":material/healing:",
            help="A new run with the same recipe and seed; only the activation on the latent code changes.",
        )
        if clicked and ui.try_to(lambda: _train_without_relu(run)):
            st.switch_page("pages/train.py")
    if twin:
        st.page_link(
            "pages/compare.py",
            label=ui.plain(f"Compare with a run that uses {_used(twin)}{_gained(run, twin).replace(',', ':')}"),
            icon=":material/compare_arrows:",
            query_params={"runs": f"{run.id},{twin.id}"},
            help=ui.plain(f"{labels([run, twin])[twin.id]}: the same recipe with {_ways(run, twin)}."),
        )


def fuller_twin(run: Run, runs: Sequence[Run]) -> Run | None:
    """Return the run with the most active units among those of the same recipe, if it has more than ``run``.

    Only initial weights, the activation on the code, the seed and the device may differ.
    """
    mine = reading.read_metrics(run).get("active_units")
    if mine is None:
        return None
    free = ("init", "code_activation", "seed", "device")
    twins = [
        (measured["active_units"], -measured["test_mse"], each.id, each)
        for each in runs
        if each.recipe.apart_from(*free) == run.recipe.apart_from(*free)
        and queue.state(each) == "finished"
        and (measured := reading.read_metrics(each)).get("active_units", 0) > mine
    ]
    return max(twins)[-1] if twins else None


def _ways(run: Run, twin: Run) -> str:
    """Return what differs between the recipes of two runs."""
    ways = []
    if twin.recipe.init != run.recipe.init:
        ways.append(f"other initial weights ({twin.recipe.init.capitalize()})")
    if twin.recipe.code_activation != run.recipe.code_activation:
        ways.append(f"{'no ReLU' if twin.recipe.code_activation == 'none' else 'another activation'} on the code")
    return " and ".join(ways) or "another seed"


def _used(run: Run) -> str:
    used, size = reading.read_metrics(run)["active_units"], run.recipe.code_size
    return f"all {size}" if used == size else f"{used} of {size}"


def _gained(run: Run, twin: Run) -> str:
    """Return how much less error another run has, as in ", error 16% lower"; empty if it is no less."""
    better, worse = reading.read_metrics(twin)["test_mse"], reading.read_metrics(run)["test_mse"]
    lower = 1 - float(better) / float(worse)
    return f", error {lower:.0%} lower" if lower >= 0.005 else ""


def _train_without_relu(run: Run) -> None:
    recipe = Recipe(**{**run.recipe.to_dict(), "code_activation": "none"})
    new = folders.create(recipe, preset=run.preset if run.preset in PRESETS else "")
    queue.start(new)
    show_run(new.id)
