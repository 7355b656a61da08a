"""What open pages ask the server for while runs train. The answers are plain HTTP, so that no page runs again for them.

To run a page again, or only a fragment of it, makes the browser draw all of it anew; on the machine that trains, that
slowed training down more than everything else that a watcher needs.
"""

import json

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ae.runs import folders, queue
from ae.runs.folders import RunError
from ae.ui import fetched, keep_up, live, live_data, sweep, sweep_data
from ae.ui.pick_runs import readable_runs

LONGEST = 48_000
"""The most characters of what a page says that it has."""


def watch_run(request: Request) -> Response:
    """Answer a page that watches the run in ``run``, and has what ``have`` says, as JSON."""
    query = request.query_params
    queue.tend()
    try:
        run = folders.open_run(query.get("run", ""))
        content = live.answer(run, live_data.checked(_json(query.get("have", ""))), _page(request))
    except RunError as error:
        return _failed(error, 404)
    except OSError as error:  # it may pass
        return _failed(error, 503)
    return _bytes(content)


def watch_sweep(request: Request) -> Response:
    """Answer a page that watches the sweep in ``sweep``, or the runs in ``runs``, joined by commas.

    It has what ``have`` says, as JSON.
    """
    query = request.query_params
    queue.tend()
    try:
        if name := query.get("sweep", ""):
            group = sweep.named(name, readable_runs())
            if not group:
                raise RunError(f"there is no sweep {name[:60]!r}")
        else:
            ids = query.get("runs", "").split(",", sweep_data.MOST)[: sweep_data.MOST]
            group = [folders.open_run(id) for id in ids]
        content = sweep.answer(group, sweep_data.checked(_json(query.get("have", ""))))
    except RunError as error:
        return _failed(error, 404)
    except OSError as error:  # it may pass
        return _failed(error, 503)
    return _bytes(content)


def sent_content(request: Request) -> Response:
    """Answer a page that fetches the content in ``name``, which never changes."""
    content = fetched.content(request.query_params.get("name", ""))
    if content is None:
        return PlainTextResponse("This is not kept any more: load the page again.", 404, {"Cache-Control": "no-store"})
    kept = {"Cache-Control": "private, max-age=31536000, immutable"}
    return Response(content, media_type="application/octet-stream", headers=kept)


def watch_folder(request: Request) -> Response:
    """Answer a page that shows which runs there are."""
    return _bytes(keep_up.answer(_page(request)))


ROUTES = [
    Route("/watch/run", watch_run),
    Route("/watch/sweep", watch_sweep),
    Route("/watch/folder", watch_folder),
    Route("/watch/content", sent_content),
]


def _bytes(content: bytes) -> Response:
    return Response(content, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})


def _page(request: Request) -> str:
    return request.query_params.get("page", "")[:40]


def _failed(error: Exception, status: int) -> Response:
    return PlainTextResponse(queue.sentence(error), status, {"Cache-Control": "no-store"})


def _json(text: str) -> object:
    if len(text) > LONGEST:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
