"""The units of a latent code as bars of their worth, each a switch."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from ae.plots.colours import ACCENT, QUIET
from ae.ui.component import component

_SWITCHES = component(
    "unit_switches",
    f"""<div class="unit-switches-frame"><div class="unit-switches" role="group" aria-label="Units"
      style="--bar:{ACCENT};--off:{QUIET}"></div></div>""",
)


class Switch(NamedTuple):
    """A unit, how much the error grows without it, whether it is active, and whether it is on."""

    unit: int
    worth: float
    active: bool
    on: bool


def unit_switches(key: str, switches: Sequence[Switch], switched: Callable[[list[int]], None]) -> None:
    """Show a bar for each unit; a click on one switches it off or on, unless it is inactive.

    Args:
        key: of the component.
        switches: in the order of the bars.
        switched: called with the units that are off, before the rerun.
    """
    known = {each.unit for each in switches if each.active}

    def changed() -> None:
        message = st.session_state[key].get("off")
        if not isinstance(message, dict) or not isinstance(message.get("units"), list):
            return
        number = message.get("number")
        st.session_state[f"{key}-echo"] = number if type(number) is int else 0
        switched([unit for unit in message["units"] if type(unit) is int and unit in known])

    _SWITCHES(
        key=key,
        data={"units": [each._asdict() for each in switches], "echo": st.session_state.get(f"{key}-echo", 0)},
        on_off_change=changed,
    )
