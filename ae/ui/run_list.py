"""Home's table of all runs: filtered, sorted, pinned, opened, compared. The address holds what is shown."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ae import ui
from ae.runs import editing, queue, tickets
from ae.runs.folders import Run, runs_folder
from ae.ui import address, manage
from ae.ui.component import component
from ae.ui.run_list_rows import COLUMNS, PAGE, View, originals, row, select, sorted_by

PACE = 1.5
"""Seconds between two looks at the runs while one of them is active."""

PAGES = {
    "Loss curve": "pages/train.py",
    "Reconstruct": "pages/reconstruct.py",
    "Denoise": "pages/denoise.py",
    "Interpolate": "pages/interpolate.py",
    "Latent space": "pages/latent_space.py",
}
"""Where a run can be opened. A name leads to the first, which shows every run; the others need a trained model."""

_SEVERAL = ("pages/denoise.py", "pages/interpolate.py")
"""Pages whose address names several runs."""

_LONGEST = 200
_KEY = "run_list"
_TABLE = component(
    "run_list", '<div class="run-list"></div><div class="menu" role="menu" hidden></div>', styles=("menu", "unseen")
)


def run_list(runs: Sequence[Run]) -> None:
    """Show the runs in a table, and follow those that are training.

    Args:
        runs: all readable runs, at least one, newest first.
    """
    busy = queue.busy()
    active = busy or bool(tickets.queue(runs_folder()))
    st.fragment(_table, run_every=PACE if active else None)(runs, busy)
    manage.dialog(runs)


def _table(runs: Sequence[Run], busy: bool) -> None:
    view = _view()
    found = select(runs, view)
    page = min(view.page, max(0, len(found) - 1) // PAGE)
    shown = found[page * PAGE : (page + 1) * PAGE]
    if queue.busy() != busy or not all(run.path.is_dir() for run in shown):
        st.rerun()
    known = {run.id: run for run in runs}
    did = _TABLE(
        key=_KEY,
        data={
            "columns": [{"key": key, "title": each.title, "help": each.help} for key, each in COLUMNS.items()],
            "pages": list(PAGES),
            "words": view.words,
            "sort": view.sort,
            "sorted": sorted_by(found, view),
            "page": page,
            "size": PAGE,
            "found": len(found),
            "all": len(runs),
            "included": sum(run.shipped for run in runs),
            "rows": [row(run) for run in shown],
            "originals": originals(shown),
        },
        on_did_change=lambda: _act(_checked(st.session_state[_KEY].get("did"), known), known),
    ).did
    did = _checked(did, known)
    if did.get("do") == "open":
        target = list(PAGES.values())[did["to"]]
        st.switch_page(target, query_params={"runs" if target in _SEVERAL else "run": did["id"]})
    elif did.get("do") == "compare":
        st.switch_page("pages/compare.py", query_params={"runs": ",".join(did["ids"])})
    elif did.get("do") in ("pin", "unpin", "edit", "delete"):
        st.rerun()


def _act(did: Mapping[str, Any], known: Mapping[str, Run]) -> None:
    """Do what was clicked, if it does not lead to another page."""
    match did.get("do"):
        case "view":
            for name, value in (("filter", did["words"]), ("sort", did["sort"]), ("page", str(did["page"] + 1))):
                if value and value != "1":
                    address.put(name, value)
                else:
                    address.drop(name)
        case "pin" | "unpin":
            ui.try_to(lambda: editing.pin(known[did["id"]], did["do"] == "pin"))
        case "edit" | "delete":
            manage.ask(did["do"], known[did["id"]])


def _view() -> View:
    """Return what the address asks for, as far as it is possible."""
    words, sort, page = (st.query_params.get(name, "") for name in ("filter", "sort", "page"))
    number = int(page) - 1 if page.isdecimal() and 0 < len(page) < 7 else 0
    return View(words[:_LONGEST], sort if sort.removeprefix("-") in COLUMNS else "", max(0, number))


def _checked(sent: object, known: Mapping[str, Run]) -> dict[str, Any]:
    """Return a browser's message; empty if it is malformed, or is about a run that is not among those known."""
    if not isinstance(sent, Mapping):
        return {}
    did = dict(sent)
    match did.get("do"):
        case "view":
            words, sort, page = did.get("words"), did.get("sort"), did.get("page")
            sane = isinstance(words, str) and isinstance(sort, str) and type(page) is int and 0 <= page < 10**6
            did["words"] = str(words)[:_LONGEST]
        case "compare":
            ids = did.get("ids")
            did["ids"] = [id for id in ids if isinstance(id, str) and id in known] if isinstance(ids, list) else []
            sane = bool(did["ids"])
        case "open":
            to = did.get("to")
            sane = did.get("id") in known and type(to) is int and 0 <= to < len(PAGES)
        case "pin" | "unpin" | "edit" | "delete":
            sane = did.get("id") in known
        case _:
            sane = False
    return did if sane else {}
