"""A light browser: it speaks Streamlit's protocol over the websocket like a page, asks as often, and paints nothing."""

import asyncio
import contextlib
import json
import time
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

OPEN_SECONDS = 90
KEPT_RUNS = 2
"""A page keeps a message that was not used in so many runs."""


class Session:
    """One page of the dashboard that is open in one tab.

    Attributes:
        dropped: why the server closed the connection, empty as long as it has not.
        received: the number of bytes that it was sent.
        failed: exceptions that a page showed.
    """

    def __init__(self, port: int, page: str, query: str = "") -> None:
        self.port, self.page, self.query = port, page, query
        self.dropped, self.received, self.failed = "", 0, 0
        self.sliders: dict[str, Any] = {}
        self._states: dict[str, WidgetState] = {}
        self._fragments: dict[str, str] = {}  # of widgets
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._finished = asyncio.Event()
        self._answer: asyncio.Task[None] | None = None
        self._number = 0
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
        for task in (self._reader, self._answer, *self._timers.values()):
            if task:
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
            elif name == "bidi_component" and found.component_name == "feed":
                self._answer_feed(found, message.delta.fragment_id)

    def _answer_feed(self, feed: Any, fragment: str) -> None:
        """Ask for what is new as polling.js does: after the pause that the server's header names."""
        length = int.from_bytes(feed.bytes[:4], "little")
        head = json.loads(feed.bytes[4 : 4 + length])
        if not head["active"]:
            return
        line, frame = head["after"]
        self._number += 1
        have = {
            "run": head["run"],
            "line": max([line, *head["lines"]["epoch"]]),
            "frame": max([frame, *head["frames"]]),
            "plane": head["plane"],
            "number": self._number,
        }
        self._states[feed.id] = WidgetState(id=feed.id, json_value=json.dumps({"have": have}))
        if self._answer:
            self._answer.cancel()
        self._answer = asyncio.create_task(self._later(fragment, head["pace"]))

    async def _later(self, fragment: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._ask(fragment)

    async def _repeat(self, fragment: str, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self._ask(fragment, automatic=True)

    def _forget(self, fragment: str) -> None:
        if timer := self._timers.pop(fragment, None):
            timer.cancel()
