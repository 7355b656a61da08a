"""Screens run without a browser, and what they show."""

import json
from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = str(Path(__file__).resolve().parent.parent / "streamlit_app.py")


def screen(path=None, **query):
    """Open a screen of the dashboard at an address."""
    app = AppTest.from_file(APP, default_timeout=30)
    app.query_params.update(query)
    if path:
        app.switch_page(path)
    app.run()
    assert not app.exception, app.exception
    return app


def charts(app):
    """What the charts are made of, their numbers as lists."""
    return [json.loads(chart.proto.spec, object_hook=_numbers) for chart in app.get("plotly_chart")]


def _numbers(found):
    """Plotly packs arrays as bytes."""
    if set(found) >= {"dtype", "bdata"}:
        import base64

        import numpy as np

        array = np.frombuffer(base64.b64decode(found["bdata"]), found["dtype"])
        return (
            array.reshape([int(n) for n in found["shape"].split(",")]).tolist() if "shape" in found else array.tolist()
        )
    return found


def metrics(app, label):
    return [each.value for each in app.metric if each.label == label]


def metric(app, label):
    return metrics(app, label)[0]


def pictures(app):
    """The HTML of all that shows images."""
    return [each.proto.body for each in app.get("html") if "data:image/" in each.proto.body]


def words(app):
    """All that is said."""
    kinds = (app.markdown, app.caption, app.info, app.warning, app.error, app.success)
    return " ".join(each.value for kind in kinds for each in kind)
