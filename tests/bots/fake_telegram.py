"""A Bot API of our own over real HTTP: long polling, chats whose history can be read, Telegram's limits.

Limits: 4,096 characters (UTF-16), 64 bytes of callback data, deleting within 48 hours, a pace a chat with 429
and `retry_after`. Every call of a bot is checked as Telegram would, and what it refuses fails there.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

LONGEST_TEXT = 4096
LONGEST_DATA = 64
DELETABLE_SECONDS = 48 * 3600


class Refused(Exception):
    """What Telegram answers instead of doing it."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__()
        self.status, self.description, self.parameters = status, description, parameters


@dataclass(slots=True)
class Posted:
    """A message as it stands in a chat."""

    number: int
    by_bot: bool
    text: str
    date: float
    keys: list[list[dict[str, Any]]] = field(default_factory=list)
    covered: str = ""
    # Every text that it has shown.
    shown: list[str] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        """Its buttons' labels, without marks of direction."""
        return [key["text"].replace("\u200f", "") for row in self.keys for key in row]

    def key(self, label: str) -> dict[str, Any]:
        """The first button whose label has these words."""
        return next(key for row in self.keys for key in row if label in key["text"])


@dataclass(slots=True)
class Chat:
    """A chat with a bot: its messages by number, when it was last written to."""

    number: int
    kind: str
    user: dict[str, Any]
    messages: dict[int, Posted] = field(default_factory=dict)
    last_written: float = -10.0
    blocked: bool = False
    left: bool = False


class FakeTelegram:
    """The server. Times are seconds of `time.time()`, moved on by `later`."""

    def __init__(self, pace: float = 0.0) -> None:
        self.pace = pace
        self.url = ""
        self.later = 0.0
        self.chats: dict[int, Chat] = {}
        self.calls: deque[tuple[str, str]] = deque(maxlen=200_000)
        self.commands: dict[str, list[str]] = {}
        self.tokens: set[str] | None = None
        # What the next calls of a method get instead.
        self.faults: dict[str, deque[Refused]] = defaultdict(deque)
        # Called before a call of a bot is answered, in the server's thread.
        self.on_call: Callable[[str, dict[str, Any]], None] = lambda _method, _params: None
        self._updates: dict[str, deque[dict[str, Any]]] = defaultdict(deque)
        self._numbers = 1000
        self._lock = threading.RLock()
        self._changed: dict[str, asyncio.Event] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending = False
        self.app = Starlette(routes=[Route("/bot{token}/{method}", self._call, methods=["GET", "POST"])])

    # What tests do

    def now(self) -> float:
        """The server's time."""
        return time.time() + self.later

    def person(self, number: int, token: str, **user: Any) -> Person:
        """Somebody with a private chat with the bot of a token."""
        about = {"id": number, "is_bot": False, "first_name": f"First{number}", **user}
        with self._lock:
            self.chats.setdefault(number, Chat(number, "private", about))
        return Person(self, self.chats[number], token)

    def group(self, number: int, token: str) -> Chat:
        """A group that a bot is put into."""
        user = {"id": 77, "is_bot": False, "first_name": "Somebody"}
        self.chats[number] = Chat(number, "supergroup", user)
        bot = {"id": 1, "is_bot": True, "first_name": "bot", "username": "a_bot"}
        member = {"user": bot, "status": "member"}
        change = {
            "chat": _chat(self.chats[number]), "from": user, "date": int(self.now()),
            "old_chat_member": {**member, "status": "left"}, "new_chat_member": member,
        }  # fmt: skip
        self.push(token, {"my_chat_member": change})
        return self.chats[number]

    def push(self, token: str, update: dict[str, Any]) -> None:
        """An update for a bot."""
        with self._lock:
            self._numbers += 1
            self._updates[token].append({"update_id": self._numbers, **update})
        if self._loop and token in self._changed:
            self._loop.call_soon_threadsafe(self._changed[token].set)

    def post(self, chat: Chat, by_bot: bool, text: str) -> Posted:
        """A new message in a chat."""
        with self._lock:
            self._numbers += 1
            posted = Posted(self._numbers, by_bot, text, self.now(), shown=[text])
            chat.messages[posted.number] = posted
            return posted

    def visible(self) -> str:
        """Everything that stands in all chats."""
        with self._lock:
            return "\n".join(
                one.text + " ".join(one.labels)
                for chat in self.chats.values()
                for one in chat.messages.values()
            )

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve on a port of its own; gives the address."""
        config = uvicorn.Config(
            self.app, port=0, log_level="error", lifespan="off", timeout_keep_alive=120,
            timeout_graceful_shutdown=2,
        )  # fmt: skip
        server = uvicorn.Server(config)

        def run() -> None:
            with asyncio.Runner() as runner:
                self._loop = runner.get_loop()
                runner.run(server.serve())

        thread = threading.Thread(target=run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            self._ending = True
            assert self._loop is not None
            for event in self._changed.values():
                self._loop.call_soon_threadsafe(event.set)
            server.should_exit = True
            thread.join(20)

    # What bots call

    async def _call(self, request: Request) -> Response:
        token, method = request.path_params["token"], request.path_params["method"]
        params = dict(request.query_params)
        if request.method == "POST":
            params |= dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        self.calls.append((method, json.dumps(params)))
        self.on_call(method, params)
        if self.faults[method]:
            return _refused(self.faults[method].popleft())
        if self.tokens is not None and token not in self.tokens:
            return _refused(Refused(401, "Unauthorized"))
        if method.lower() == "getupdates":
            return JSONResponse({"ok": True, "result": await self._get_updates(token, params)})
        handle = getattr(self, f"_{method.lower()}", None)
        if handle is None:
            return _refused(Refused(404, f"Not Found: {method}"))
        try:
            with self._lock:
                return JSONResponse({"ok": True, "result": handle(params)})
        except Refused as refused:
            return _refused(refused)

    async def _get_updates(self, token: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        offset, seconds = int(params.get("offset", 0)), float(params.get("timeout", 0))
        changed = self._changed.setdefault(token, asyncio.Event())
        until = time.monotonic() + seconds
        while True:
            changed.clear()
            with self._lock:
                waiting = self._updates[token]
                while waiting and waiting[0]["update_id"] < offset:
                    waiting.popleft()
                found = list(waiting)[: int(params.get("limit", 100))]
            left = until - time.monotonic()
            if found or left <= 0 or self._ending:
                return found
            try:
                await asyncio.wait_for(changed.wait(), left)
            except TimeoutError:
                return []
            if not self._updates[token] and left > 1:
                await asyncio.sleep(0.005)

    def _getme(self, _params: dict[str, Any]) -> dict[str, Any]:
        return {"id": 1, "is_bot": True, "first_name": "bot", "username": "a_bot"}

    def _deletewebhook(self, _params: dict[str, Any]) -> bool:
        return True

    def _setmycommands(self, params: dict[str, Any]) -> bool:
        commands = json.loads(params["commands"])
        for one in commands:
            if not 1 <= len(one["description"]) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[params.get("language_code", "")] = [one["description"] for one in commands]
        return True

    def _answercallbackquery(self, _params: dict[str, Any]) -> bool:
        return True

    def _leavechat(self, params: dict[str, Any]) -> bool:
        self.chats[int(params["chat_id"])].left = True
        return True

    def _sendmessage(self, params: dict[str, Any]) -> dict[str, Any]:
        chat = self._writable(params)
        keys = _checked(params)
        posted = self.post(chat, True, params["text"])
        posted.keys, posted.covered = keys, _covered(params)
        return _message(chat, posted)

    def _editmessagetext(self, params: dict[str, Any]) -> dict[str, Any]:
        chat = self._writable(params)
        posted = chat.messages.get(int(params["message_id"]))
        if posted is None or not posted.by_bot:
            raise Refused(400, "Bad Request: message to edit not found")
        keys = _checked(params)
        if (posted.text, posted.keys) == (params["text"], keys):
            raise Refused(
                400, "Bad Request: message is not modified: specified new message content is the same"
            )
        posted.text, posted.keys, posted.covered = params["text"], keys, _covered(params)
        posted.shown.append(posted.text)
        return _message(chat, posted)

    def _deletemessage(self, params: dict[str, Any]) -> bool:
        chat = self._chat_of(params)
        posted = chat.messages.get(int(params["message_id"]))
        if posted is None:
            raise Refused(400, "Bad Request: message to delete not found")
        if self.now() - posted.date > DELETABLE_SECONDS:
            raise Refused(400, "Bad Request: message can't be deleted for everyone")
        del chat.messages[posted.number]
        return True

    def _deletemessages(self, params: dict[str, Any]) -> bool:
        chat = self._chat_of(params)
        numbers = json.loads(params["message_ids"])
        if not 1 <= len(numbers) <= 100:
            raise Refused(400, "Bad Request: too many messages")
        for number in numbers:
            posted = chat.messages.get(number)
            if posted and self.now() - posted.date <= DELETABLE_SECONDS:
                del chat.messages[number]
        return True

    def _chat_of(self, params: dict[str, Any]) -> Chat:
        chat = self.chats.get(int(params["chat_id"]))
        if chat is None:
            raise Refused(400, "Bad Request: chat not found")
        if chat.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        return chat

    def _writable(self, params: dict[str, Any]) -> Chat:
        chat = self._chat_of(params)
        pause = chat.last_written + self.pace - time.monotonic()
        if pause > 0:
            wait = int(pause) + 1
            raise Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        chat.last_written = time.monotonic()
        return chat


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a phone: types, presses, and sees one chat."""

    telegram: FakeTelegram
    chat: Chat
    token: str

    def send(self, text: str) -> Posted:
        """Type a message."""
        return self._send(text, {"text": text})

    def send_other(self, kind: str, content: Any) -> Posted:
        """Send something that is no text."""
        return self._send(f"[{kind}]", {kind: content})

    def edit(self, posted: Posted, text: str) -> None:
        """Change a message that was sent."""
        posted.text = text
        content = {**_message(self.chat, posted), "text": text, "edit_date": int(self.telegram.now())}
        self.telegram.push(self.token, {"edited_message": content})

    def press(self, label: str, posted: Posted | None = None) -> None:
        """Press the button with these words, of the bot's newest message or of another one."""
        shown = posted or self.newest()
        assert shown is not None
        self.press_data(shown, shown.key(label)["callback_data"])

    def press_data(self, shown: Posted, data: str) -> None:
        """Press a button by what it carries."""
        query = {
            "id": str(time.monotonic_ns()), "from": self.chat.user, "chat_instance": "1", "data": data,
            "message": _message(self.chat, shown),
        }  # fmt: skip
        self.telegram.push(self.token, {"callback_query": query})

    def newest(self) -> Posted | None:
        """The bot's newest message."""
        mine = [one for one in list(self.chat.messages.values()) if one.by_bot]
        return mine[-1] if mine else None

    def text(self) -> str:
        """What the newest message says, without marks of direction."""
        newest = self.newest()
        return newest.text.translate({0x2068: None, 0x2069: None, 0x200F: None}) if newest else ""

    def sees(self, words: str, seconds: float = 20) -> Posted:
        """Wait until the newest message or its buttons have these words."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            newest = self.newest()
            if newest and (words in self.text() or any(words in label for label in newest.labels)):
                return newest
            time.sleep(0.01)
        newest = self.newest()
        raise AssertionError(f"{words!r} is not in {self.text()!r} {newest.labels if newest else []}")

    def waits(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        """Wait until something holds."""
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, self.text()
            time.sleep(0.01)

    def _send(self, text: str, content: dict[str, Any]) -> Posted:
        posted = self.telegram.post(self.chat, False, text)
        message = _message(self.chat, posted)
        message.pop("text")
        message |= content
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        self.telegram.push(self.token, {"message": message})
        return posted


def _checked(params: dict[str, Any]) -> list[list[dict[str, Any]]]:
    text = params.get("text", "")
    length = len(text.encode("utf-16-le")) // 2
    if not text.strip() or length > LONGEST_TEXT:
        raise Refused(
            400, "Bad Request: message is too long" if text else "Bad Request: message text is empty"
        )
    for one in json.loads(params.get("entities", "[]")):
        if one["offset"] + one["length"] > length or one["length"] < 1:
            raise Refused(400, "Bad Request: entity out of the text")
    keys: list[list[dict[str, Any]]] = json.loads(params.get("reply_markup", "{}")).get("inline_keyboard", [])
    for key in (key for row in keys for key in row):
        data = key.get("callback_data")
        if not key["text"].strip() or (data is None) == (key.get("url") is None):
            raise Refused(400, "Bad Request: inline keyboard button is invalid")
        if data is not None and not 1 <= len(data.encode()) <= LONGEST_DATA:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    return keys


def _covered(params: dict[str, Any]) -> str:
    units = params["text"].encode("utf-16-le")
    spoilers = [one for one in json.loads(params.get("entities", "[]")) if one["type"] == "spoiler"]
    return "".join(
        units[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le") for one in spoilers
    )


def _chat(chat: Chat) -> dict[str, Any]:
    return {"id": chat.number, "type": chat.kind, "first_name": chat.user["first_name"]}


def _message(chat: Chat, posted: Posted) -> dict[str, Any]:
    sender = {"id": 1, "is_bot": True, "first_name": "bot"} if posted.by_bot else chat.user
    return {
        "message_id": posted.number, "date": int(posted.date), "chat": _chat(chat), "from": sender,
        "text": posted.text,
    }  # fmt: skip


def _refused(refused: Refused) -> Response:
    content: dict[str, Any] = {
        "ok": False, "error_code": refused.status, "description": refused.description,
    }  # fmt: skip
    if refused.parameters:
        content["parameters"] = refused.parameters
    return JSONResponse(content, refused.status)
