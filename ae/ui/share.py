"""Show a page to others: a link that opens exactly this, and a view for the projector."""

import streamlit as st

from ae.ui import component

PROJECTOR = "projector"
"""The name in the address that asks for the view for a projector."""

_COPY = component.component(
    "copy_link",
    '<div><button type="button" aria-live="polite">Copy link</button>'
    '<button type="button" aria-live="polite">Copy as image</button></div>',
)

_CHART_TOUCH = component.component("chart_touch", "<span></span>")

LARGER = 22 / 16
"""How much larger type is for a projector, as ``frontend/projector.css`` sets it."""


def projected() -> bool:
    """Return whether the page is shown in the view for a projector."""
    return st.query_params.get(PROJECTOR) == "1"


def turn_to(**values: str) -> None:
    """Replace the page's address, and stay in the view for a projector."""
    st.query_params.from_dict({**values, **({PROJECTOR: "1"} if projected() else {})})


def frame() -> None:
    """Style the page's frame, for a projector in large type without the sidebar; let fingers scroll over charts."""
    large = projected()
    styles = _colours() + component.read("frame.css") + (component.read("projector.css") if large else "")
    st.html(f"<style>{styles}</style>")
    _CHART_TOUCH(key="chart_touch")
    if large:
        with st.container(key="leave_projector"):
            st.button(
                "Leave the projector view", key="leave", type="tertiary", icon=":material/close:", on_click=_leave
            )


def _colours() -> str:
    """Return the theme's colours as variables of the page's styles; only components get them from Streamlit."""
    names = {
        "ground": "background",
        "side": "secondaryBackground",
        "edge": "border",
        "accent": "primary",
        "link": "link",
    }
    pairs = {
        name: [st.get_option(f"theme.{base}.{option}Color") for base in ("light", "dark")]
        for name, option in names.items()
    }
    return ":root{" + "".join(f"--{name}:light-dark({light},{dark});" for name, (light, dark) in pairs.items()) + "}"


def share_menu() -> None:
    """Show a menu with a link to the page as it is, and the view for a projector."""
    with st.popover("Share", key="share", type="tertiary", icon=":material/share:"):
        st.caption(
            "The link keeps your choices: whoever opens it sees the same. The image is the page's largest figure."
        )
        _COPY(key="copy_link")
        st.button(
            "Projector view",
            key="project",
            icon=":material/slideshow:",
            width="stretch",
            on_click=lambda: st.query_params.update({PROJECTOR: "1"}),
            help="This page in large type, without the sidebar.",
        )


def _leave() -> None:
    st.query_params.pop(PROJECTOR, None)
