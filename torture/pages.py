"""Pages of the dashboard, run without a browser: what the child process of the campaigns on screens does."""

import functools
from typing import Any

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from ae import PROJECT
from ae.data import datasets
from ae.data.datasets import Dataset
from ae.runs import standby
from ae.ui import PAGES, measuring
from torture import markup, runs
from torture.imports import import_all

APP = str(PROJECT / "streamlit_app.py")
# AppTest looks for components in all installed packages each time, which takes a second.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)

import_all()
PATHS = [path for path, _, _ in PAGES]


def show(task: dict[str, Any]) -> str:
    """Open a page at an address, twice; return what went wrong."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("IMAGES", 20), ("CURVE_IMAGES", 20), ("STRENGTHS", (0.0, 1.0))):
            patch.setattr(measuring, name, value)  # enough to show something
        patch.setattr(standby, "prepare", lambda: None)  # no trial trains
        patch.setattr(datasets, "load", lambda *_, **__: few())
        st.cache_data.clear()
        st.cache_resource.clear()
        app = AppTest.from_file(APP, default_timeout=60)
        app.query_params.update(task["query"])
        if (path := PATHS[task["page"] % len(PATHS)]) != PATHS[0]:
            app.switch_page(path)
        app.run()
        return markup.rendered(app) or markup.rendered(app.run())


@functools.cache
def few() -> Dataset:
    """Return a hundred digits to train on and forty to test with."""
    return runs.few(40)
