"""Run screens without a browser, and read what they show."""

import base64
import functools
import json
import re
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from starlette.requests import Request
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from ae.ui import watching

# AppTest looks for components in all installed packages each time, which takes a second.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)

APP = str(Path(__file__).resolve().parent.parent / "streamlit_app.py")
COMPARE, RECONSTRUCT = "pages/compare.py", "pages/reconstruct.py"
DENOISE, INTERPOLATE, LATENT = "pages/denoise.py", "pages/interpolate.py", "pages/latent_space.py"
SCREENS = (COMPARE, RECONSTRUCT, DENOISE, INTERPOLATE, LATENT)


def screen(path=None, **query):
    """Open a screen of the dashboard at an address."""
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params.update(query)
    if path:
        app.switch_page(path)
    app.run()
    assert not app.exception, app.exception
    return app


def view(name, **query):
    """Open a view of Latent space."""
    app = screen(LATENT, **query)
    app.segmented_control(key="view").set_value(name).run()
    assert not app.exception, app.exception
    return app


def ids(runs):
    """Return runs as the address lists them."""
    return ",".join(run.id for run in runs)


def charts(app):
    """Return the figures of the charts, their numbers as lists."""
    return [json.loads(chart.proto.spec, object_hook=_unpacked) for chart in app.get("plotly_chart")]


def _unpacked(found):
    """Decode the arrays that Plotly packs as bytes."""
    if not set(found) >= {"dtype", "bdata"}:
        return found
    array = np.frombuffer(base64.b64decode(found["bdata"]), found["dtype"])
    return array.reshape([int(n) for n in found["shape"].split(",")]).tolist() if "shape" in found else array.tolist()


def components(app, name):
    """Return the data of all components with a name, apart from those that are sent bytes."""
    shown = [each.proto for each in app.get("bidi_component")]
    return [json.loads(each.json) for each in shown if each.component_name == name and each.json]


def unpacked(text, kind):
    """Decode the numbers that a component gets as base64."""
    return np.frombuffer(base64.b64decode(text), kind)


def metrics(app, label):
    """Return the values of all metrics with a label."""
    return [each.value for each in app.metric if each.label == label]


def metric(app, label):
    """Return the value of the first metric with a label."""
    return metrics(app, label)[0]


def live(app):
    """Return the header of what the live view on a screen gets when it asks, and the arrays after it."""
    return watched(component(app, "live")["ask"])


def answered(address, **query):
    """Return the answer to a request that a component makes by itself."""
    path, _, text = address.partition("?")
    (route,) = [each for each in watching.ROUTES if each.path == path]
    text = "&".join([text, urlencode(query)]).encode()
    return route.endpoint(Request({"type": "http", "query_string": text, "headers": []}))


def watched(address, **query):
    """Ask as a component does, and return the header of the answer and the arrays after it."""
    answer = answered(address, **query)
    assert answer.status_code == 200, answer.body
    length = int.from_bytes(answer.body[:4], "little")
    return json.loads(answer.body[4 : 4 + length]), answer.body[4 + length :]


def pictures(app):
    """Return everything that shows images: HTML, or the data of a component that paints them."""
    bodies = [each.proto.body for each in app.get("html")] + [each.proto.json for each in app.get("bidi_component")]
    return [body for body in bodies if "data:image/" in body or '"pixels"' in body]


def component(app, name):
    """Return the data of the component with a name."""
    (found,) = [each.proto for each in app.get("bidi_component") if each.proto.component_name == name]
    return json.loads(found.json)


def words(app):
    """Return all text as it appears, without the characters that escape Markdown."""
    kinds = (app.markdown, app.caption, app.info, app.warning, app.error, app.success)
    raw = " ".join(each.value for kind in kinds for each in kind)
    return re.sub(r"\\([^\w\s]|_)", r"\1", raw).replace("\u2060", "")
