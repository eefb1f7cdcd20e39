"""The bound of `telegram_bot.py`: a bot that answers each press by changing the message, nothing else."""

from __future__ import annotations

import os
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, TypeHandler

KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("next", callback_data="next")]])


def main() -> None:
    """Poll until stopped."""
    builder = Application.builder().token("1:bare").base_url(f"{os.environ['TELEGRAM_BASE_URL']}/bot")
    app = builder.concurrent_updates(256).connection_pool_size(32).pool_timeout(60).build()
    turns: dict[int, int] = {}

    async def answer(update: Update, _context: Any) -> None:
        chat = update.effective_chat
        assert chat is not None
        turns[chat.id] = turns.get(chat.id, 0) + 1
        if update.callback_query and update.callback_query.message:
            await update.callback_query.answer()
            number = update.callback_query.message.message_id
            await app.bot.edit_message_text(f"turn {turns[chat.id]}", chat.id, number, reply_markup=KEYS)
        elif update.message:
            await app.bot.delete_message(chat.id, update.message.message_id)
            await app.bot.send_message(chat.id, f"turn {turns[chat.id]}", reply_markup=KEYS)

    app.add_handler(TypeHandler(Update, answer))
    app.run_polling(timeout=30)


if __name__ == "__main__":
    main()
