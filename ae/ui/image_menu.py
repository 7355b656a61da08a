"""A menu at a test image that was clicked: to look at the same image on another screen, with the same run."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from ae.data.datasets import Dataset
from ae.runs.folders import Run
from ae.ui.component import component

_KEY = "image-menu"
_MENU = component("image_menu", '<div class="image-menu menu" role="menu" hidden></div>', styles=("menu",))
_OUT_OF_THE_WAY = f"<style>.st-key-{_KEY} {{ position: absolute; width: 0; height: 0 }}</style>"

RECONSTRUCT, DENOISE, INTERPOLATE, LATENT_SPACE = "Reconstruct", "Denoise", "Interpolate from here", "Latent space"
_PAGES = {
    RECONSTRUCT: "pages/reconstruct.py",
    DENOISE: "pages/denoise.py",
    INTERPOLATE: "pages/interpolate.py",
    LATENT_SPACE: "pages/latent_space.py",
}


def image_menu(
    dataset: Dataset, runs: Sequence[Run], *, without: str = "", here: Mapping[str, Callable[[int], None]] | None = None
) -> None:
    """Let every test image on this screen, in rows or components, open the menu.

    Call it once a page, before anything slow, and outside fragments.

    Args:
        dataset: the test images on this screen.
        runs: those on this screen; the first goes along where an image belongs to none of them.
        without: the entry that would lead to this screen.
        here: what an entry does that stays on this screen, instead of going to another.
    """
    targets = [target for target in _PAGES if target != without]
    st.html(_OUT_OF_THE_WAY)

    def stay() -> None:
        found = _checked(st.session_state[_KEY].get("picked"), targets, len(dataset.test_images))
        if found and here and found[0] in here:
            here[found[0]](found[1])

    picked = _MENU(key=_KEY, data={"dataset": dataset.name, "targets": targets}, on_picked_change=stay).picked
    found = _checked(picked, targets, len(dataset.test_images))
    if found and not (here and found[0] in here):
        target, index = found
        ids = [run.id for run in runs]
        run = picked.get("run") if picked.get("run") in ids else ids[0]
        st.switch_page(_PAGES[target], query_params=_query(target, index, run))


def _checked(sent: object, targets: Sequence[str], count: int) -> tuple[str, int] | None:
    """Return a browser's message as an entry and a test image, or None if it is not one."""
    if not isinstance(sent, Mapping):
        return None
    to, index = sent.get("to"), sent.get("index")
    if type(to) is not int or type(index) is not int:
        return None
    return (targets[to], index) if 0 <= to < len(targets) and 0 <= index < count else None


def _query(target: str, index: int, run: str) -> dict[str, str]:
    """Return the address of an entry: with the run first among those that were chosen together, or alone."""
    kept = st.session_state.get("run_ids", [])
    several = [run, *(other for other in kept if other != run)] if run in kept else [run]
    return {
        RECONSTRUCT: {"run": run, "indices": str(index)},
        DENOISE: {"runs": ",".join(several), "indices": str(index)},
        INTERPOLATE: {"runs": ",".join(several), "a": str(index)},
        LATENT_SPACE: {"run": run, "image": str(index)},
    }[target]
