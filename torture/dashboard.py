"""Kill the process that serves the dashboard, alone or together with the trainer that it started.

The process runs the screen Train and clicks its buttons by AppTest: all of the dashboard but its web server.
"""

import importlib
import pkgutil
import time
from collections.abc import Iterator
from random import Random

from streamlit.logger import set_log_level
from streamlit.testing.v1 import AppTest

import ae.ui
from ae import PROJECT
from ae.runs import folders, queue
from torture import laboratory
from torture.campaign import Campaign
from torture.kills import cleared, undisturbed
from torture.laboratory import Laboratory, tiny


def kill_server(random: Random) -> Iterator[str]:
    """Kill the server at a random moment from before its page is shown until the run that it started has ended."""
    yield from _kill(random, trainer_too=False)


def kill_both(random: Random) -> Iterator[str]:
    """Kill the server and the trainer at the same moment."""
    yield from _kill(random, trainer_too=True)


def _kill(random: Random, *, trainer_too: bool) -> Iterator[str]:
    set_log_level("ERROR")  # it warns that there is no web server
    with laboratory.laboratory() as lab:
        straight, _ = undisturbed(lab)
        for module in pkgutil.iter_modules(ae.ui.__path__, "ae.ui."):  # what a server has imported, before it is forked
            importlib.import_module(module.name)
        begin, (run, _) = time.monotonic(), _served(lab)
        if not laboratory.wait_for(lambda: queue.state(run) == "finished"):
            raise RuntimeError(f"started on the dashboard, a run is {queue.state(run)}")
        seconds = time.monotonic() - begin
        lab.close()
        while True:
            run, server = _served(lab)
            time.sleep(random.uniform(0, seconds))
            for process in lab.started if trainer_too else [server]:
                lab.kill(process)
            queue.tend()
            wrong = laboratory.unreadable() or laboratory.torn(run, straight)
            yield wrong or lab.finish(run) or laboratory.difference(run, straight) or cleared(lab, straight)


def _served(lab: Laboratory) -> tuple[folders.Run, int]:
    """Create a run and a server on which someone starts it and watches; return both."""
    run = folders.create(tiny())

    def serve() -> int:
        app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
        app.query_params["run"] = run.id
        app.switch_page("pages/train.py").run()
        app.button(key="resume").click().run()
        while True:
            app.run()

    return run, lab.fork(serve)


CAMPAIGNS = (
    Campaign(
        "kill-server",
        "a run that was started on the dashboard ends the same when the dashboard's process is killed",
        100,
        kill_server,
        minutes=5,
    ),
    Campaign("kill-both", "the same when its trainer is killed with it", 100, kill_both, minutes=5),
)
