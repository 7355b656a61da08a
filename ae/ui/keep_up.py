"""Run a page again when a run is added or deleted, or training begins or ends, in any window or terminal."""

import hashlib
import json

import streamlit as st

from ae.runs import files, folders, queue
from ae.ui import present
from ae.ui.component import component, server_address

EVERY = 2.5
"""Seconds between two requests of a page."""

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


def answer(page: str) -> bytes:
    """Return what a page that keeps up with the folder of runs asks for: ``folder_now()``, and when to ask again.

    Args:
        page: tells pages apart.
    """
    pace = present.shared(EVERY, present.count("folder", page))
    return json.dumps({"now": folder_now(), "pace": pace}).encode()


def folder_now() -> str:
    """Return a text that changes when a run is added or deleted, or training begins or ends. Starts what is queued."""
    queue.tend()
    names = files.folders_in(folders.runs_folder())
    return hashlib.sha256(repr((names, queue.busy())).encode()).hexdigest()[:16]
