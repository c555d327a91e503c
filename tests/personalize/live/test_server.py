"""The server as a browser, and as a stranger, meets it; with a network that knows nobody."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager

import numpy as np
import pytest
import torch

aiohttp = pytest.importorskip("aiohttp")

from aiohttp.test_utils import TestClient, TestServer  # noqa: E402

from personalize.errors import SettingsError  # noqa: E402
from personalize.live import talk  # noqa: E402
from personalize.live.messages import HEAD, LENGTH  # noqa: E402
from personalize.live.server import FILES, PAGE, Page, listening, unheard  # noqa: E402
from personalize.live.session import LiveSession  # noqa: E402
from personalize.live.settings import LiveSettings  # noqa: E402
from personalize.network.factored import FactoredNetwork  # noqa: E402
from personalize.output.finished import read_run  # noqa: E402
from personalize.stages.settings import LocateSettings  # noqa: E402

SETTINGS = LiveSettings(locate=LocateSettings(sizes=(32,)))
TIMEOUT = 60


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FactoredNetwork().eval()


@pytest.fixture
def page(network, tmp_path):
    facts, told = {"weights": "w", "engine": "torch"}, {"person": "ann", "engine": "torch on cpu"}
    return Page(network, tmp_path / "live", facts, told, settings=SETTINGS)


@asynccontextmanager
async def visiting(page):
    """A client of the page's server."""
    async with TestClient(TestServer(page.application())) as client:
        yield client


def ask(page, path="", **headers):
    """Return status, headers and text of the answer to a request."""

    async def get():
        async with visiting(page) as client:
            response = await client.get(path, headers=headers)
            return response.status, response.headers, await response.text()

    return asyncio.run(get())


def frame(number, time=0.0, size=(48, 64)):
    return HEAD.pack(number, time, size[1], size[0]) + np.full((*size, 4), 90, np.uint8).tobytes()


def told(message):
    """The object in an answer."""
    (length,) = LENGTH.unpack_from(message)
    return json.loads(message[4 : 4 + length])


def talk_to(page, converse, **headers):
    """Return what ``converse(socket)`` does, once the page has said hello."""

    async def visit():
        async with visiting(page) as client:
            async with client.ws_connect(f"/{page.token}/socket", headers=headers) as opened:
                assert (await opened.receive_json())["say"] == "hello"
                return await converse(opened)

    return asyncio.run(asyncio.wait_for(visit(), TIMEOUT))


async def hear(opened, word):
    """Return the next message that says a word; answers before it are passed over."""
    while True:
        message = await opened.receive()
        if message.type is aiohttp.WSMsgType.TEXT and message.json()["say"] == word:
            return message.json()
        assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), message


@pytest.mark.parametrize("name", FILES)
def test_with_the_token_the_page_comes(page, name):
    status, headers, text = ask(page, f"/{page.token}/{name}")
    assert status == 200
    assert text == (PAGE / FILES[name]).read_text()
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/", "/live.js", "/socket", "/{0}x/", "/wrong/live.js", "/x/{0}/"]
)
def test_without_the_token_there_is_403(page, path):
    status, _, text = ask(page, path.format(page.token))
    assert status == 403
    assert page.token not in text


def test_an_unknown_path_behind_the_token_is_not_there(page):
    assert ask(page, f"/{page.token}/secrets")[0] == 404


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"]
)
def test_other_origins_are_refused(page, origin):
    status, _, text = ask(page, f"/{page.token}/", Origin=origin)
    assert status == 403
    assert "other pages" in text


def test_a_name_that_was_turned_to_this_machine_is_refused(page):
    status, _, text = ask(page, f"/{page.token}/", Host="evil.example:8765")
    assert status == 403
    assert "not the name of this server" in text
    rebound = {"Host": "evil.example", "Origin": "http://evil.example"}
    assert ask(page, f"/{page.token}/", **rebound)[0] == 403


def test_the_socket_is_guarded_as_well(page):
    async def knock(path, **headers):
        async with visiting(page) as client:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await client.ws_connect(path, headers=headers)
            return refused.value.status

    path = f"/{page.token}/socket"
    assert asyncio.run(knock("/socket")) == 403
    assert asyncio.run(knock(path, Origin="http://evil.example")) == 403
    assert asyncio.run(knock(path, Host="evil.example")) == 403


def test_frames_are_answered_in_their_order(page):
    async def converse(opened):
        answers = []
        for number in (1, 2, 3):
            await opened.send_bytes(frame(number, 40.0 * number))
            answers.append(told(await opened.receive_bytes()))
        return answers

    answers = talk_to(page, converse)
    assert [answer["number"] for answer in answers] == [1, 2, 3]
    assert [answer["time"] for answer in answers] == [40.0, 80.0, 120.0]
    assert answers[0]["size"] == [64, 48]


def test_the_origin_of_the_page_itself_is_welcome(page):
    async def visit():
        async with visiting(page) as client:
            origin = str(client.make_url("/")).rstrip("/")
            opened = await client.ws_connect(f"/{page.token}/socket", headers={"Origin": origin})
            hello = await opened.receive_json()
            await opened.close()
            return hello

    assert asyncio.run(visit())["person"] == "ann"


def test_under_load_the_oldest_frames_are_dropped_and_told(page, monkeypatch):
    inner = LiveSession.answer

    def slow(self, shown):
        import time

        time.sleep(0.2)
        return inner(self, shown)

    monkeypatch.setattr(LiveSession, "answer", slow)

    async def converse(opened):
        for number in range(1, 9):
            await opened.send_bytes(frame(number))
        dropped, answered = [], []
        while len(dropped) + len(answered) < 8:
            message = await opened.receive()
            if message.type is aiohttp.WSMsgType.TEXT:
                dropped.append(message.json()["number"])
            else:
                answered.append(told(message.data))
        return dropped, answered

    dropped, answered = talk_to(page, converse)
    assert [answer["number"] for answer in answered][-2:] == [7, 8]
    assert answered[-1]["dropped"] == len(dropped) >= 4
    assert dropped == sorted(dropped)


def test_a_frame_that_is_none_is_told_and_the_next_is_answered(page):
    async def converse(opened):
        await opened.send_bytes(b"x")
        short = await hear(opened, "error")
        await opened.send_bytes(HEAD.pack(1, 0.0, 0, 0) + b"no picture")
        broken = await hear(opened, "error")
        await opened.send_bytes(frame(2))
        return short, broken, told(await opened.receive_bytes())

    short, broken, answer = talk_to(page, converse)
    assert "a frame of 1 bytes" in short["sentence"]
    assert broken["number"] == 1
    assert answer["number"] == 2


@pytest.mark.parametrize("order", ["[]", "{", '{"do": "fly"}', '{"do": "point", "x": "left"}', "7"])
def test_an_unknown_order_is_told(page, order):
    async def converse(opened):
        await opened.send_str(order)
        return await hear(opened, "error")

    assert "load it again" in talk_to(page, converse)["sentence"]


def test_what_is_recorded_becomes_a_run_folder(page, tmp_path):
    async def converse(opened):
        await opened.send_json({"do": "record"})
        for number in range(1, 5):
            await opened.send_bytes(frame(number, 40.0 * number))
            while (await opened.receive()).type is not aiohttp.WSMsgType.BINARY:
                pass
        await opened.send_json({"do": "stop"})
        return await hear(opened, "written")

    written = talk_to(page, converse)
    assert written["folder"] == str(tmp_path / "live/001")
    run = read_run(written["folder"])
    assert len(run) == written["frames"]
    assert 3 <= len(run) <= 4
    assert run.size == (48, 64)


def test_a_recording_is_finished_when_the_page_goes(page, tmp_path):
    async def converse(opened):
        await opened.send_json({"do": "record"})
        await opened.send_bytes(frame(1))
        await hear(opened, "recording")

    talk_to(page, converse)
    assert len(read_run(tmp_path / "live/001")) == 1


def test_frames_of_another_size_end_the_recording(page, tmp_path):
    async def converse(opened):
        await opened.send_json({"do": "record"})
        await opened.send_bytes(frame(1))
        await hear(opened, "recording")
        await opened.send_bytes(frame(2, size=(32, 64)))
        written = await hear(opened, "written")
        return written, await hear(opened, "error")

    written, error = talk_to(page, converse)
    assert "size of the frames changed" in error["sentence"]
    assert read_run(written["folder"]).size == (48, 64)


def test_a_second_window_takes_the_place_of_the_first(page):
    async def visit():
        async with visiting(page) as client:
            path = f"/{page.token}/socket"
            first = await client.ws_connect(path)
            await first.receive_json()
            second = await client.ws_connect(path)
            closed = await hear(first, "closed")
            await first.receive()
            assert first.close_code == talk.GOING_AWAY
            await second.receive_json()
            await second.send_bytes(frame(1))
            answer = told(await second.receive_bytes())
            await second.close()
            return closed, answer

    closed, answer = asyncio.run(asyncio.wait_for(visit(), TIMEOUT))
    assert "another window" in closed["sentence"]
    assert answer["number"] == 1


def test_it_listens_on_the_address_of_this_machine_alone(page):
    async def listen():
        async with listening(page, 0) as link:
            port = int(link.split(":")[2].split("/")[0])
            others = [address[4][0] for address in socket.getaddrinfo(socket.gethostname(), None)]
            reached = []
            for address in {"127.0.0.1", *others}:
                try:
                    _, writer = await asyncio.open_connection(address, port)
                except OSError:
                    continue
                writer.close()
                reached.append(address)
            return link, reached

    link, reached = asyncio.run(listen())
    assert link == f"http://127.0.0.1:{link.split(':')[2]}"
    assert page.token in link
    assert [address for address in reached if not address.startswith("127.")] == []


def test_a_taken_port_is_told(page):
    async def listen():
        with socket.create_server(("127.0.0.1", 0)) as taken:
            async with listening(page, taken.getsockname()[1]):
                raise AssertionError("it listens")

    with pytest.raises(SettingsError, match="is taken by another program; choose one with --port"):
        asyncio.run(listen())


def test_an_address_of_another_machine_is_told():
    error = OSError(99, "Cannot assign requested address")
    assert "no address of this machine" in unheard("192.0.2.1", 80, error)
