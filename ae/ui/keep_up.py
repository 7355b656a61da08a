"""Run a page again when a run is added or deleted, or training begins or ends, in any window or terminal."""

import hashlib

import streamlit as st

from ae.runs import folders, queue
from ae.ui.component import component, server_address

_WATCH = component("keep_up", "<span></span>")
_HIDDEN = "<style>.st-key-keep-up { display: none }</style>"


def keep_up() -> None:
    """Let the page ask, every few seconds, whether the folder of runs has changed, and run again if it has."""
    st.html(_HIDDEN)
    _WATCH(
        key="keep-up",
        data={"ask": server_address("folder"), "shown": folder_now()},
        on_changed_change=lambda: None,
    )


def folder_now() -> str:
    """Return a text that changes when a run is added or deleted, or training begins or ends. Starts what is queued."""
    queue.tend()
    names = sorted(path.name for path in folders.runs_folder().glob("[!.]*"))
    return hashlib.sha256(repr((names, queue.busy())).encode()).hexdigest()[:16]
