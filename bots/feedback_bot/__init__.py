"""A chat bot that asks the service's questions and hands in sealed answers; a client of the public API only.

From what happens in a chat to what it shows, each part knowing only those above it:

    offered        what the service asks now, as the API tells it
    events         what may happen: a button, a text, an answer of the service
    state          where one person is in the conversation
    answering      which question comes next, and what is wrong with an answer
    views/         a state as one message: a heading, a text, rows of buttons
    conversation   (state, event) -> (state, view), without a clock, a network or a chat
    keyboards      buttons as 64 bytes of callback data, and back
    api            the service over HTTP; answers are sealed here
    screen         keeps the one message of a chat at the newest view
    memory         who is where: in memory, under a keyed hash, for thirty minutes
    dialogue       puts these together, for any chat program
    telegram       Telegram; the only file that knows its library
    bots           which bots run in this process

`docs/telegram.md` says what Telegram sees, and how to run it.
"""
