"""The health of a latent code: how active each unit is, and why some are not."""

import streamlit as st

from ae import ui
from ae.analysis import latent
from ae.analysis.latent import Health
from ae.plots import latent_plots
from ae.presets import PRESETS
from ae.recipe import Recipe
from ae.runs import folders, queue
from ae.runs.folders import Run
from ae.ui import cached
from ae.ui.pick_runs import show_run


def health_view(run: Run) -> None:
    """Show how active each unit of the latent code is, and what to do about inactive ones."""
    health = cached.health(run)
    size = run.recipe.code_size
    numbers = [("Active units", f"{size - len(health.inactive)} of {size}", ui.ACTIVE_UNITS)]
    if health.kl is not None:
        help = "KL divergence from the prior: how much information the latent code carries, mean over test images."
        numbers.append(("KL", f"{health.kl.sum():.1f} nats", help))
    ui.numbers(numbers)
    if health.inactive:
        _explain(run, health)
    else:
        st.success("All units are active.", icon=":material/favorite:")
    bars = [("spread", health.spread, "Spread of each unit over the test images", "Standard deviation")]
    if health.kl is not None:
        bars.append(("kl", health.kl, "KL divergence of each unit from the prior", "KL (nats per image)"))
    for key, values, title, unit in bars:
        figure = latent_plots.unit_bars(values, health.active, title=title, unit=unit)
        ui.chart(figure, key=key, alt=f"{title}, as bars", file=f"units-{key}")


def _explain(run: Run, health: Health) -> None:
    """Name the inactive units and the cause, with a button to train again without it."""
    several = len(health.inactive) > 1
    units = ", ".join(map(str, health.inactive[:-1])) + " and " * several + str(health.inactive[-1])
    st.warning(
        f"Unit{'s' if several else ''} {units} {'are' if several else 'is'} inactive. {latent.cause(run.recipe)}",
        icon=":material/heart_broken:",
    )
    if (
        run.recipe.code_activation == "relu"
        and not run.recipe.imported
        and st.button(
            "Train again without the ReLU on the code",
            key="cure",
            type="primary",
            icon=":material/healing:",
            help="A new run with the same recipe and seed; only the activation on the latent code changes.",
        )
    ):
        if ui.try_to(lambda: _train_without_relu(run)):
            st.switch_page("pages/train.py")
        ui.show_notice()


def _train_without_relu(run: Run) -> None:
    recipe = Recipe(**{**run.recipe.to_dict(), "code_activation": "none"})
    new = folders.create(recipe, preset=run.preset if run.preset in PRESETS else "")
    queue.start(new)
    show_run(new.id)
