"""Cards at the terminal: asked for one by one, or from a file; shown one by one; and typed consent.

Words are taken and shown on a terminal only, which is cleared after each card. They never go into a pipe.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ..errors import FeedbackError
from ..rounds.key_folder import cards_path
from ..rounds.unlocking import CardsMissing, Opening
from ..sealing.cards import Card, Cards, CardSet, InvalidCard, check_card, read_card_set
from ..secret import Secret
from ..settings import Settings
from .common import passphrase, read_text

AskCards = Annotated[bool, typer.Option("--cards", help="Ask for the cards instead of the passphrase.")]
CardsFile = Annotated[
    Path | None,
    typer.Option("--cards-file", help="The cards from a file, the words of one card a line.", dir_okay=False),
]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask back.")]
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"


class NoTerminal(FeedbackError):
    """Something that only a person at a terminal may see or say."""

    status = 500
    code = "terminal-needed"
    message = "%(what)s a terminal, and there is none. Use %(instead)s."


class NotConfirmed(FeedbackError):
    """Something else was typed than asked for."""

    status = 409
    code = "not-confirmed"
    message = "That was not “%(wanted)s”. Nothing was changed."


def opening(settings: Settings, key_file: Path, ask: bool, cards_file: Path | None) -> Opening:
    """How the key will be opened: by cards where they are given or nothing else can, else by passphrase."""
    if cards_file is not None:
        return cards_from_file(cards_file)
    if ask or (cards_path(key_file).exists() and not key_file.exists()):
        return ask_cards(card_set(key_file))
    return passphrase(settings)


def card_set(key_file: Path) -> CardSet:
    """What a key's cards are. Raises `CardsMissing`."""
    file = cards_path(key_file)
    if not file.exists():
        raise CardsMissing(file=file)
    return read_card_set(read_text(file), file.name)


def cards_from_file(path: Path) -> Cards:
    """One card a line; empty lines are left out."""
    lines = (line.strip() for line in read_text(path).splitlines())
    return Cards(tuple(Secret(line.encode()) for line in lines if line))


def ask_cards(wanted: CardSet) -> Cards:
    """Ask for as many cards as are needed; a card with a mistake is asked for again."""
    if not sys.stdin.isatty():
        raise NoTerminal(what="Cards are asked for on", instead="--cards-file FILE")
    entered: dict[int, Secret] = {}
    while len(entered) < wanted.needed:
        place = len(entered) + 1
        _say(f"Card {place} of {wanted.needed}, all its words, then Enter:")
        typed = Secret(input().encode())
        try:
            number = check_card(typed, place, wanted)
        except InvalidCard as error:
            _say(_CLEAR + str(error))
            continue
        again = number in entered
        entered[number] = typed
        _say(_CLEAR + f"Card {number} is {'in already; take another one' if again else 'good'}.")
    return Cards(tuple(entered.values()))


def can_show() -> bool:
    """Whether a person, and nobody else, sees what is printed."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def show_cards(cards: Sequence[Card], survey: str, round_id: str) -> None:
    """Show cards one by one, each until Enter is pressed."""
    for card in cards:
        print(_CLEAR + f"{survey} {round_id}: card {card.number} of {len(cards)}\n")
        words = [f"{place:>2} {word}" for place, word in enumerate(card.words, start=1)]
        height = -(-len(words) // 3)
        for row in range(height):
            print("   ".join(f"{word:<14}" for word in words[row::height]))
        input("\nWrite it down, check it, then press Enter.")
    print(_CLEAR, end="", flush=True)


def confirm(wanted: str, question: str, *, yes: bool) -> None:
    """Have somebody type what will be gone. Raises `NotConfirmed`, `NoTerminal`."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise NoTerminal(what="This is asked back on", instead="--yes if you are sure")
    _say(f"{question}\nType {wanted} to go on:")
    if input().strip() != wanted:
        raise NotConfirmed(wanted=wanted)


def _say(text: str) -> None:
    """To the person at the terminal: what a command prints may go elsewhere, as one document."""
    print(text, file=sys.stderr, flush=True)
