"""The exchange with one page: frames in, answers out, in the order of time.

Frames are parsed in a thread, one after the other; meanwhile the event loop receives, and a frame
that would wait too long makes room for a newer one. What is recorded is written in another thread,
and waited for: a recording has every frame that was answered.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from personalize.errors import PersonalizeError
from personalize.live.latest import Latest
from personalize.live.messages import Shot, decode, greeting, read_shot, write_answer
from personalize.live.recorder import Recorder
from personalize.live.session import Answer, LiveSession
from personalize.live.settings import LiveSettings
from personalize.types import Frame, Json

GOING_AWAY = 1001
"""Code with which a socket is closed when its server, or its place, is gone (RFC 6455, 7.4.1)."""


class Talk:
    """The exchange with one page.

    Parameters
    ----------
    socket : web.WebSocketResponse
        Prepared.
    session : LiveSession
    record : callable
        ``record(height, width)`` returns a new Recorder.
    settings : LiveSettings
    shown : dict
        What the page shows of the program: person, engine.
    """

    def __init__(
        self,
        socket: web.WebSocketResponse,
        session: LiveSession,
        record: Callable[[int, int], Recorder],
        settings: LiveSettings,
        shown: Json,
    ) -> None:
        self._socket, self._session, self._record = socket, session, record
        self._settings, self._shown = settings, shown
        self._waiting: Latest[Shot] = Latest(settings.waiting)
        self._parsing = ThreadPoolExecutor(1, "parse")
        self._writing = ThreadPoolExecutor(1, "record")
        self._wanted = False
        self._recorder: Recorder | None = None
        self._size = 0, 0

    async def run(self) -> None:
        """Talk until the page goes, or the server does; a recording that goes on is finished."""
        await self._socket.send_json(greeting(**self._shown))
        answering = asyncio.create_task(self._answer())
        try:
            await self._receive()
        finally:
            self._waiting.close()
            await answering
            await self._stop_recording()
            self._parsing.shutdown()
            self._writing.shutdown()

    async def close(self, sentence: str) -> None:
        """End the conversation, and say why."""
        with suppress(ConnectionError):
            await self._say("closed", sentence=sentence)
            await self._socket.close(code=GOING_AWAY)

    async def _receive(self) -> None:
        async for message in self._socket:
            if message.type is WSMsgType.BINARY:
                await self._take(message.data)
            elif message.type is WSMsgType.TEXT:
                await self._obey(message)

    async def _take(self, content: bytes) -> None:
        try:
            late = self._waiting.put(read_shot(content))
        except PersonalizeError as error:
            await self._say("error", sentence=str(error))
            return
        if late:
            await self._say("dropped", number=late.number)

    async def _obey(self, message: Any) -> None:
        """Do what a button of the page asks for."""
        try:
            asked = message.json()
            wanted, point = asked["do"], (0.0, 0.0)
            if wanted == "point":
                point = float(asked["x"]), float(asked["y"])
            elif wanted not in ("record", "stop"):
                raise ValueError(wanted)
        except (AttributeError, KeyError, TypeError, ValueError):
            sentence = "the page asked for something unknown; load it again"
            await self._say("error", sentence=sentence)
            return
        if wanted == "point":
            await self._in(self._parsing, self._session.point_at, *point)
        elif wanted == "record":
            self._wanted = True
        else:
            await self._stop_recording()

    async def _answer(self) -> None:
        """Answer frames until the queue is closed; an error of one does not end the others."""
        while shot := await self._waiting.take():
            try:
                message, frame, answer = await self._in(self._parsing, self._parse, shot)
                with suppress(ConnectionError):
                    await self._socket.send_bytes(message)
                if self._wanted:
                    await self._keep(frame, answer, shot.time / 1000)
            except PersonalizeError as error:
                self._wanted = False
                await self._say("error", sentence=str(error), number=shot.number)

    def _parse(self, shot: Shot) -> tuple[bytes, Frame, Answer]:
        began = time.perf_counter()
        frame = decode(shot, self._settings.side)
        answer = self._session.answer(frame)
        took = round(1000 * (time.perf_counter() - began), 1)
        more = {"took": took, "dropped": self._waiting.dropped}
        return write_answer(shot, answer, size=frame.shape[1::-1], **more), frame, answer

    async def _keep(self, frame: Frame, answer: Answer, seconds: float) -> None:
        """Record a frame; a recording ends when frames change their size."""
        size = frame.shape[0], frame.shape[1]
        if self._recorder and self._recorder.size != size:
            await self._stop_recording()
            await self._say("error", sentence="the size of the frames changed; recording has ended")
            return
        if self._recorder is None:
            self._recorder = await self._in(self._writing, self._record, *size)
            await self._say("recording")
        await self._in(self._writing, self._recorder.add, frame, answer, seconds)

    async def _stop_recording(self) -> None:
        recorder, self._recorder, self._wanted = self._recorder, None, False
        if recorder is None:
            return
        await self._say("writing", frames=recorder.frames, seconds=round(recorder.seconds, 1))
        try:
            root = await self._in(self._writing, recorder.finish)
        except PersonalizeError as error:
            await self._say("error", sentence=str(error))
        else:
            await self._say("written", folder=str(root), frames=recorder.frames)

    async def _say(self, word: str, **more: Any) -> None:
        with suppress(ConnectionError):  # the page may have gone
            await self._socket.send_json({"say": word, **more})

    @staticmethod
    async def _in(pool: ThreadPoolExecutor, do: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(pool, do, *given)
