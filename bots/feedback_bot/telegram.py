"""Telegram: updates in, one message a chat out. The only file that knows python-telegram-bot.

Nothing is logged: the library's own lines hold texts and chats, and those of its HTTP client the token.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    Update,
)
from telegram.constants import ChatType, MessageLimit
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application, TypeHandler

from feedback_service.errors import N_, FeedbackError, describe
from feedback_service.i18n import LANGUAGES, Interface

from .api import Service
from .bots import BotSettings
from .conversation import Conversation
from .dialogue import Dialogue, Person
from .events import Command
from .keyboards import Key
from .memory import Memory
from .screen import ChatClosed, ConnectionLost, MessageGone, TooFast
from .views.model import View

_UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]
_AT_ONCE = 256
_TRIES = 5
# In one call Telegram deletes up to a hundred messages; those of a chat that isn't ours aren't touched.
_CLEARED = 3
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_Result = TypeVar("_Result")
_COMMANDS = {
    "start": N_("Begin"),
    "language": N_("Other languages"),
    "help": N_("What this bot does"),
    "cancel": N_("Stop. Nothing is kept"),
    "delete": N_("Delete what can be deleted here"),
}


class WrongToken(FeedbackError):
    """Telegram doesn't know the token."""

    status = 401
    code = "telegram-token-wrong"
    message = "Telegram does not know this bot's token. Ask @BotFather for it."


def be_quiet() -> None:
    """No line of the library or of its HTTP client, at any level."""
    for name in ("telegram", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # Else it warns that pauses will be another type; we take that type already.
    os.environ.setdefault("PTB_TIMEDELTA", "true")


class PrivateChat:
    """One private chat, as `screen.Chat` wants it."""

    def __init__(self, bot: Bot, number: int) -> None:
        self._bot = bot
        self._number = number

    async def send(self, view: View, keys: list[list[Key]]) -> int:
        """A new message, without a sound; it can't be forwarded."""
        text, entities = written(view)
        try:
            sent = await _translated(
                self._bot.send_message(
                    self._number, text, entities=entities, reply_markup=_markup(keys),
                    disable_notification=True, protect_content=True, link_preview_options=_NO_PREVIEW,
                )
            )  # fmt: skip
        except MessageGone as error:
            # Nothing was there to be gone: Telegram doesn't take what we made, or the chat.
            raise error.__cause__ or error from None
        return int(sent.message_id)

    async def edit(self, message: int, view: View, keys: list[list[Key]]) -> None:
        """Change a message; one that shows this already is right."""
        text, entities = written(view)
        try:
            await _translated(
                self._bot.edit_message_text(
                    text, self._number, message, entities=entities, reply_markup=_markup(keys),
                    link_preview_options=_NO_PREVIEW,
                )
            )  # fmt: skip
        except MessageGone as error:
            if "not modified" not in str(error.__cause__).lower():
                raise

    async def delete(self, message: int) -> bool:
        """Whether the message is gone. A lost connection or a flood limit is waited for."""
        for attempt in range(_TRIES):
            try:
                await _translated(self._bot.delete_message(self._number, message))
            except MessageGone as error:
                return "not found" in str(error.__cause__).lower()
            except (TooFast, ConnectionLost) as error:
                await asyncio.sleep(error.seconds if isinstance(error, TooFast) else 0.3 * 2**attempt)
            except ChatClosed:
                return False
            else:
                return True
        return False

    async def clear(self, newest: int) -> None:
        """Delete the last messages of this chat, whoever wrote them, as far as Telegram lets a bot."""
        for batch in range(_CLEARED):
            last = newest - 100 * batch
            numbers = list(range(last, max(0, last - 100), -1))
            if not numbers:
                return
            with suppress(MessageGone, ConnectionLost, ChatClosed, TooFast):
                await _translated(self._bot.delete_messages(self._number, numbers))


def written(view: View) -> tuple[str, list[MessageEntity]]:
    """A view as one text with its marks: the heading bold, what is covered as a spoiler."""
    room = MessageLimit.MAX_TEXT_LENGTH - len(view.heading) - len(view.covered) - 4
    body = view.body if len(view.body) <= room else view.body[: max(0, room - 1)] + "…"
    text = "\n\n".join(part for part in (view.heading, body) if part)
    entities = [MessageEntity(MessageEntity.BOLD, 0, _units(view.heading))]
    if view.covered:
        entities.append(MessageEntity(MessageEntity.SPOILER, _units(text) + 2, _units(view.covered)))
        text = f"{text}\n\n{view.covered}"
    return text, entities


class TelegramBot:
    """One bot: its updates are told to its dialogue."""

    def __init__(self, settings: BotSettings, service: Service, interfaces: Mapping[str, Interface]) -> None:
        languages = tuple(settings.languages) or tuple(interfaces)
        self._interfaces = {code: interfaces[code] for code in languages}
        conversation = Conversation(interfaces, languages)
        self._dialogue = Dialogue(
            conversation, service, Memory(settings.forget_after), tuple(settings.surveys)
        )
        builder = Application.builder().token(settings.token.get_secret_value())
        builder = builder.concurrent_updates(_AT_ONCE).connection_pool_size(32).pool_timeout(60)
        if settings.base_url:
            builder = builder.base_url(f"{settings.base_url.rstrip('/')}/bot")
        self._app: Application[Any, Any, Any, Any, Any, Any] = builder.build()
        self._app.add_handler(TypeHandler(Update, self._on_update))
        self._app.add_error_handler(_on_error)

    async def start(self) -> None:
        """Begin to poll. Raises `WrongToken`; waits for Telegram where it can't be reached."""
        await self._initialize()
        await self._name_commands()
        await self._app.start()
        assert self._app.updater is not None
        await self._app.updater.start_polling(
            allowed_updates=_UPDATES, timeout=30, error_callback=lambda error: _say_once(error)
        )

    async def stop(self) -> None:
        """Take no more updates, finish what was begun, say goodbye."""
        assert self._app.updater is not None
        if self._app.updater.running:
            await self._app.updater.stop()
            await self._app.stop()
            await self._dialogue.stop()
        await self._app.shutdown()

    async def _initialize(self) -> None:
        wait = 1.0
        while True:
            try:
                await self._app.initialize()
            except InvalidToken:
                raise WrongToken from None
            except NetworkError as error:
                _say_once(error)
                await asyncio.sleep(wait)
                wait = min(2 * wait, 60.0)
            else:
                return

    async def _name_commands(self) -> None:
        """The menu of commands, in the languages that Telegram knows by two letters."""
        for code, interface in self._interfaces.items():
            tag = LANGUAGES[code].bcp47
            if len(tag) != 2:
                continue
            commands = [BotCommand(name, interface.plain(text)) for name, text in _COMMANDS.items()]
            with suppress(TelegramError):
                await self._app.bot.set_my_commands(commands, language_code=tag)

    async def _on_update(self, update: Update, _context: object) -> None:
        chat = update.effective_chat
        if chat is None:
            return
        if chat.type != ChatType.PRIVATE:
            with suppress(TelegramError):
                await self._app.bot.leave_chat(chat.id)
            return
        prefers = (update.effective_user.language_code or "") if update.effective_user else ""
        person = Person(chat.id, PrivateChat(self._app.bot, chat.id), prefers)
        if update.callback_query:
            # Telegram shows a clock on the button until this; a query that is too old has none.
            with suppress(TelegramError):
                await update.callback_query.answer()
            if update.callback_query.message:
                number = update.callback_query.message.message_id
                await self._dialogue.press(person, number, update.callback_query.data or "")
        elif message := update.message or update.edited_message:
            await self._on_message(person, message)

    async def _on_message(self, person: Person, message: Message) -> None:
        # Before anything else: what was typed doesn't stay in the chat.
        gone = await person.chat.delete(message.message_id)
        if message.edit_date:
            return
        text = message.text
        if text is None:
            await self._dialogue.send_other(person, gone)
            return
        word, _, rest = text.partition(" ")
        name = word[1:].partition("@")[0] if word.startswith("/") else ""
        if name == "start":
            await self._dialogue.begin(person, rest.strip().lower())
        elif name in {one.value for one in Command}:
            await self._dialogue.command(person, Command(name), message.message_id)
        else:
            await self._dialogue.write(person, text, gone)


async def run(bots: list[BotSettings], api: str, web: str, interfaces: Mapping[str, Interface]) -> None:
    """Run all bots until SIGINT or SIGTERM."""
    be_quiet()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_on_loop_error)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    service = Service(api, web, time.monotonic)
    running = [TelegramBot(settings, service, interfaces) for settings in bots]
    try:
        starting = asyncio.create_task(_start(running))
        waiting = asyncio.create_task(stopped.wait())
        await asyncio.wait((starting, waiting), return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting
            await waiting
        starting.cancel()
    finally:
        await asyncio.gather(*(bot.stop() for bot in running), return_exceptions=True)
        await service.close()


async def _start(bots: list[TelegramBot]) -> bool:
    for bot in bots:
        await bot.start()
    print(f"{len(bots)} bot(s) running. Stop with Ctrl+C.", flush=True)
    return True


async def _translated(call: Awaitable[_Result]) -> _Result:
    """A call with Telegram's errors as those of `screen`."""
    try:
        return await call
    except RetryAfter as error:
        pause: Any = error.retry_after
        raise TooFast(pause.total_seconds()) from None
    except Forbidden:
        raise ChatClosed from None
    except BadRequest as error:
        raise MessageGone from error
    except NetworkError:
        raise ConnectionLost from None


def _markup(keys: list[list[Key]]) -> InlineKeyboardMarkup | None:
    if not keys:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(key.label, url=key.url or None, callback_data=key.data or None)
                for key in row
            ]
            for row in keys
        ]
    )


def _units(text: str) -> int:
    """Telegram counts in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def _say_once(error: Exception) -> None:
    print(f"Telegram can't be reached ({type(error).__name__}); trying again.", file=sys.stderr)


async def _on_error(_update: object, context: Any) -> None:
    print(describe(context.error), file=sys.stderr)


def _on_loop_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    print(describe(error) if error else "unhandled event of the loop", file=sys.stderr)
