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
        _inactive(run, health.inactive, fuller_twin(run, runs))
    else:
        size = run.recipe.code_size
        all_units = {1: "The only unit is", 2: "Both units are"}.get(size, f"All {size} units are")
        st.markdown(f"**{all_units} active:** each changes from image to image. {_worth(growth)}")
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="remedies"):
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
    _switches(run, growth, health.active)
    if health.kl is not None:
        title = f"Information in each unit, {health.kl.sum():.1f} nats together"
        figure = latent_plots.unit_bars(health.kl, health.active, title=title, unit="KL (nats per image)")
        ui.chart(figure, key="kl", alt=f"{title}, as bars", file="units-kl")
    if health.kl is not None:
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
        return Row(label, to_rgb(shown), mistaken=classify(shown, heads)[1] if classified else {})

    rows = [Row("Original", to_rgb(images.numpy())), row("All units", reconstruct.round_trip(model, images)[1])]
    if off:
        rows.append(row(f"Without {_these(off)}", cached.without(run, off, len(images))))
    st.markdown(_effect(run, off, rows, classified=classified))
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
                note=RED_FRAME if any(row.mistaken for row in rows) else "",
            )
        with st.container(key="units_switches", gap="xsmall"):
            measured = min(cached.WEIGHED, len(cached.test_codes(run)))
            some = f", for the {CHOICES} of {len(growth)} that matter most" if len(growth) > CHOICES else ""
            st.caption(
                f"How much the error grows without each unit{some}",
                help=f"Measured on {measured} test images. A unit that is off has its mean value for every image.",
            )
            unit_switches(f"switches-{run.id}", switches, lambda units: st.session_state.update({key: units}))


def _in_order(growth: np.ndarray, active: np.ndarray) -> list[int]:
    """Return at most ``CHOICES`` units: inactive ones, then the active ones, those first that matter most."""
    order = [int(unit) for unit in np.argsort(-growth, kind="stable")]
    useful = [unit for unit in order if active[unit]][:CHOICES]
    idle = [unit for unit in range(len(growth)) if not active[unit]]
    return [*idle[: CHOICES - len(useful)], *useful]


def _these(off: Sequence[int]) -> str:
    """Return units as a text; they are named if they are few."""
    return f"{len(off)} units" if len(off) > NAMED else f"unit{'s' * (len(off) > 1)} {listed(list(map(str, off)))}"


def _effect(run: Run, off: Sequence[int], rows: Sequence[Row], *, classified: bool) -> str:
    """Return a sentence on what is lost without the units that are off.

    Args:
        run: whose units they are.
        off: the units.
        rows: the originals, the reconstructions with all units, and those without, if any is off.
        classified: whether the digit classifier has seen these rows.
    """
    if not off:
        return "All units are on: **switch one off** and see what the images lose."
    said = f"**With {_these(off)} off**,"
    if not classified:
        grown = cached.growth_without(run, off)
        if abs(grown) < 0.005:
            return f"{said} the error stays the same."
        return f"{said} the error {'grows' if grown >= 0 else 'falls'} by {abs(grown):.0%}."
    before, wrong = (len(row.mistaken) for row in rows[1:])
    count = len(rows[0].images)
    result = f"mistakes {wrong} of these {count} digits for others" if wrong else f"recognises all {count} digits"
    said = f"{said} the digit classifier {result}"
    if wrong == before:
        return f"{said}, as with all units on."
    return f"{said}; with all units on, it {f'mistakes {before}' if before else 'recognises all'}."


def _turn(unit: int) -> None:
    st.session_state["view"], st.session_state["focus_unit"] = "Units", unit


def _inactive(run: Run, inactive: Sequence[int], twin: Run | None) -> None:
    """Count the inactive units, with what they cost, their cause and the ways to a network without them."""
    size, several = run.recipe.code_size, len(inactive) > 1
    used, stuck = size - len(inactive), run.recipe.code_activation == "relu" and run.recipe.penalty == NONE
    never = "are inactive**: they never change" if several else "is inactive**: it never changes"
    st.markdown(
        f"**{len(inactive)} of {size} unit{'s' * (size != 1)} {never}, so an image is encoded in {used} "
        f"number{'s' * (used != 1)}, not {size}.",
        help=latent.cause(run.recipe),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="remedies"):
        if stuck and not run.recipe.imported:
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
    ui.show_notice()


def fuller_twin(run: Run, runs: Sequence[Run]) -> Run | None:
    """Return the run with the most active units among those of the same recipe, if it has more than ``run``.

    Only initial weights, the activation on the code, the seed and the device may differ.
    """
    mine = reading.read_metrics(run).get("active_units")
    if mine is None:
        return None

    def alike(recipe: Recipe) -> object:
        return recipe.apart_from("init", "code_activation", "seed", "device")

    twins = [
        (measured["active_units"], -measured["test_mse"], each.id, each)
        for each in runs
        if alike(each.recipe) == alike(run.recipe)
        and queue.state(each) == "finished"
        and (measured := reading.read_metrics(each)).get("active_units", 0) > mine
    ]
    return max(twins)[-1] if twins else None


def unit_gain(run: Run, twin: Run) -> str:
    """Return in plain words what a run with more active units has that another lacks, and what that gains."""
    ways = []
    if twin.recipe.code_activation != run.recipe.code_activation:
        ways.append("without that rule" if twin.recipe.code_activation == "none" else "with another rule")
    if not ways or twin.recipe.init != run.recipe.init:
        ways.append("from other random weights")
    return f"The same network {' and '.join(ways)}: {_used(twin)} move{_gained(run, twin)}"


def _ways(run: Run, twin: Run) -> str:
    """Return what differs between the recipes of two runs."""
    ways = []
    if twin.recipe.init != run.recipe.init:
        ways.append(f"other initial weights ({twin.recipe.init.capitalize()})")
    if twin.recipe.code_activation != run.recipe.code_activation:
        ways.append(
            "no ReLU on the code" if twin.recipe.code_activation == "none" else "another activation on the code"
        )
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
