"""A light browser: it speaks Streamlit's protocol over the websocket like a page, asks as often, and paints nothing."""

import asyncio
import contextlib
import json
import random
import time
import urllib.request
from typing import Any
from urllib.parse import quote

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

OPEN_SECONDS = 90
LOOK_SECONDS = 2.5
KEPT_RUNS = 2
"""A page keeps a message that was not used in so many runs."""


class Session:
    """One page of the dashboard that is open in one tab.

    Attributes:
        dropped: why the server closed the connection, empty as long as it has not.
        received: the number of bytes that it was sent.
        failed: exceptions that a page showed.
        awake: while it is not set, the page asks for nothing of its own accord.
    """

    def __init__(self, port: int, page: str, query: str = "", *, awake: asyncio.Event) -> None:
        self.port, self.page, self.query, self.awake = port, page, query, awake
        self.dropped, self.received, self.failed = "", 0, 0
        self.sliders: dict[str, Any] = {}
        self._states: dict[str, WidgetState] = {}
        self._fragments: dict[str, str] = {}  # of widgets
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._finished = asyncio.Event()
        self._watched: dict[str, asyncio.Task[None]] = {}  # by component
        self._known: dict[str, int] = {}  # messages that need not be sent again, and in which run they were last used
        self._runs = 0

    async def open(self) -> None:
        """Connect, ask for the page, and wait until it is complete."""
        self._socket: ClientConnection = await connect(
            f"ws://localhost:{self.port}/_stcore/stream", subprotocols=["streamlit"], max_size=None, proxy=None
        )
        self._reader = asyncio.create_task(self._read())
        await self.rerun()

    async def close(self) -> None:
        """Close the tab."""
        for task in (self._reader, *self._watched.values(), *self._timers.values()):
            task.cancel()
        await self._socket.close()

    async def rerun(self, fragment: str = "") -> float:
        """Have the page, or a part of it, run again; return the seconds until all of it was received."""
        self._finished.clear()
        start = time.perf_counter()
        await self._ask(fragment)
        await asyncio.wait_for(self._finished.wait(), OPEN_SECONDS)
        return time.perf_counter() - start

    async def slide(self, slider: Any, value: float) -> float:
        """Move a slider; return the seconds until the page has answered."""
        self._states[slider.id] = WidgetState(id=slider.id)
        self._states[slider.id].double_array_value.data[:] = [value]
        return await self.rerun(self._fragments.get(slider.id, ""))

    async def _ask(self, fragment: str = "", *, automatic: bool = False) -> None:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_name, asked.fragment_id = self.query, self.page, fragment
        asked.is_auto_rerun = automatic
        asked.cached_message_hashes.extend(self._known)
        asked.widget_states.widgets.extend(self._states.values())
        with contextlib.suppress(ConnectionClosed):  # which the reader notes
            await self._socket.send(message.SerializeToString())

    async def _read(self) -> None:
        try:
            async for content in self._socket:
                self.received += len(content)
                self._take(ForwardMsg.FromString(content))
        except ConnectionClosed as closed:
            self.dropped = str(closed)
        else:
            self.dropped = "closed by the server"

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if message.metadata.cacheable:
            self._known[message.hash] = self._runs
        if kind == "ref_hash":
            self._known[message.ref_hash] = self._runs
        if kind == "script_finished":
            self._runs += 1
            self._known = {each: run for each, run in self._known.items() if run >= self._runs - KEPT_RUNS}
            self._finished.set()
        elif kind == "auto_rerun":
            asked = message.auto_rerun
            self._forget(asked.fragment_id)
            self._timers[asked.fragment_id] = asyncio.create_task(self._repeat(asked.fragment_id, asked.interval))
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._forget(fragment)
        elif kind == "new_session" and not message.metadata.run.fragment_ids:
            for fragment in list(self._timers):
                self._forget(fragment)
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            name = element.WhichOneof("type")
            found = getattr(element, name)
            if name == "exception":
                self.failed += 1
            elif name == "slider":
                self.sliders[found.label] = found
                self._fragments[found.id] = message.delta.fragment_id
            elif name == "bidi_component" and found.component_name in ("live", "keep_up"):
                self._watch(found.component_name, json.loads(found.json))

    def _watch(self, component: str, data: dict[str, Any]) -> None:
        """Ask for what is new as a component does, instead of what it asked for before."""
        if task := self._watched.pop(component, None):
            task.cancel()
        if data.get("ask"):
            ask = self._follow if component == "live" else self._look
            self._watched[component] = asyncio.create_task(ask(data["ask"]))

    async def _follow(self, address: str) -> None:
        """Ask as polling.js does: after the pause that the answer names, as long as the run is active."""
        have: dict[str, Any] = {}
        while True:
            await self._rest()
            content = await self._get(f"{address}&page={id(self)}&have={quote(json.dumps(have))}")
            length = int.from_bytes(content[:4], "little")
            head = json.loads(content[4 : 4 + length])
            if not head["active"]:
                return
            line, frame = head["after"]
            have = {
                "run": head["run"],
                "line": max([line, *head["lines"]["epoch"]]),
                "frame": max([frame, *head["frames"]]),
                "plane": head["plane"],
            }
            await asyncio.sleep(head["pace"])

    async def _look(self, address: str) -> None:
        """Ask as keep_up.js does, and run the page again when the folder of runs has changed."""
        shown, pace = "", LOOK_SECONDS
        while True:
            await asyncio.sleep(pace)
            await self._rest()
            answer = json.loads(await self._get(f"{address}&page={id(self)}"))
            if shown and answer["now"] != shown:
                await self._ask()
            shown, pace = answer["now"], answer["pace"]

    async def _rest(self) -> None:
        """Wait until the page is awake; if it was not, then for a random time, since pages don't ask in step."""
        if not self.awake.is_set():
            await self.awake.wait()
            await asyncio.sleep(random.uniform(0, LOOK_SECONDS))

    async def _get(self, address: str) -> bytes:
        def get() -> bytes:
            with urllib.request.urlopen(f"http://localhost:{self.port}{address}", timeout=OPEN_SECONDS) as answer:
                return answer.read()

        try:
            content = await asyncio.to_thread(get)
        except OSError as error:
            self.dropped = str(error)
            raise
        self.received += len(content)
        return content

    async def _repeat(self, fragment: str, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self._rest()
            await self._ask(fragment, automatic=True)

    def _forget(self, fragment: str) -> None:
        if timer := self._timers.pop(fragment, None):
            timer.cancel()
