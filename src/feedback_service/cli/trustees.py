"""`keys split|combine`: cards for trustees, made and put together again.

Needs the key files, and the installation only where there is one on this machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ..errors import FeedbackError
from ..files import write_durably
from ..render.card_sheet import PrintedCard, card_sheet
from ..rounds.key_folder import cards_path, rounds_with
from ..rounds.sitting import begin_sitting
from ..rounds.trustees import (
    KeyPlace,
    choose_key,
    combine_cards,
    find_key,
    make_cards,
    refuse_to_replace,
    remove_passphrase,
    rounds_without_cards,
)
from ..sealing.cards import Card
from ..sealing.wrapping import WrappingKey, derive
from ..settings import load_settings
from ..storage.rounds import Round, all_rounds
from ..storage.session import NotInitialised
from .cards import (
    CardsFile,
    NoTerminal,
    Yes,
    ask_cards,
    can_show,
    card_set,
    cards_from_file,
    confirm,
    opening,
    show_cards,
)
from .common import DEFAULT_DATA, Data, Json, Memory, Out, RoundName, derivation, installation, passphrase

KeySurvey = Annotated[str, typer.Argument(help="The survey's name.")]
KeyFile = Annotated[Path | None, typer.Option("--key", help="The round's key file, if it lies elsewhere.")]
Replace = Annotated[bool, typer.Option("--replace", help="Replace what is there already.")]


class UnusableSheet(FeedbackError):
    """A place where a sheet of cards can't go."""

    status = 422
    code = "card-sheet-unusable"
    message = "%(reason)s. No cards were made."


@dataclass(frozen=True, slots=True)
class _Delivery:
    """Where new cards go: to a file for printing, or one by one to the terminal."""

    survey: str
    round: str
    needed: int
    file: Path | None

    def __call__(self, cards: list[Card]) -> None:
        if self.file is None:
            show_cards(cards, self.survey, self.round)
            return
        printed = [PrintedCard(card.number, tuple(card.words)) for card in cards]
        write_durably(self.file, card_sheet(self.survey, self.round, self.needed, printed))


def split(
    survey: KeySurvey,
    round_name: RoundName = None,
    threshold: Annotated[int, typer.Option(help="How many cards are needed to count.")] = 3,
    cards: Annotated[int, typer.Option(help="How many cards there will be.")] = 5,
    sheet: Annotated[
        Path | None, typer.Option("--out", help="A folder or a new .html file for the cards, to be printed.")
    ] = None,
    without_passphrase: Annotated[
        bool, typer.Option(help="Then destroy the passphrase-wrapped key: only the cards can count.")
    ] = False,
    replace: Replace = False,
    yes: Yes = False,
    key: KeyFile = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Make cards for trustees, of which any three (or --threshold) open a round."""
    out, folder = Out(as_json), data / "keys"
    named = (
        round_name
        or round_of(key, survey)
        or choose_key(folder, survey, rounds_without_cards(folder, survey))
    )
    place = find_key(folder, survey, named, key, rounds_here(data))
    file = _sheet_file(sheet, data, f"cards-{survey}-{named}.html", as_json=as_json)
    if without_passphrase:
        question = "After this only the cards open the round. Without enough of them its answers are lost."
        confirm(f"{survey}-{named}", question, yes=yes)
    secret = opening(load_settings(data), place.key_file, ask=False, cards_file=None)
    deliver = _Delivery(survey, named, threshold, file)
    make_cards(place, secret, needed=threshold, number=cards, deliver=deliver, replace=replace)
    if without_passphrase:
        remove_passphrase(place)
    out.line(f"{survey} {named}: any {threshold} of {cards} cards open the round; all choices were tried.")
    if file is not None:
        out.line(f"The cards are in {file}, and nowhere else. Print it, cut it, then delete the file.")
    out.line(_still_opens(place, without_passphrase=without_passphrase))
    out.finish(
        {
            "survey": survey,
            "round": named,
            "needed": threshold,
            "cards": cards,
            "sheet": str(file) if file else None,
            "passphrase": not without_passphrase,
        }
    )


def combine(
    survey: KeySurvey,
    round_name: RoundName = None,
    cards_file: CardsFile = None,
    replace: Replace = False,
    kdf_memory: Memory = 1024,
    key: KeyFile = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Make a new passphrase-wrapped key from cards, where the passphrase is lost or there was none."""
    out, folder, settings = Out(as_json), data / "keys", load_settings(data)
    named = (
        round_name
        or round_of(key, survey)
        or choose_key(folder, survey, rounds_with(folder, survey, ".cards"))
    )
    place = find_key(folder, survey, named, key, rounds_here(data))
    refuse_to_replace(place, replace=replace)
    entered = cards_from_file(cards_file) if cards_file else ask_cards(card_set(place.key_file))

    def sitting() -> WrappingKey:
        chosen, cost = passphrase(settings, twice=True), derivation(kdf_memory)
        # Replacing, the old passphrase is lost: the ledger's key gets the new one too.
        return derive(chosen, cost) if replace else begin_sitting(place.key_file.parent, chosen, cost)

    combine_cards(place, entered, sitting, replace=replace)
    out.line(f"{survey} {named}: the cards fit. {place.key_file} opens with the new passphrase.")
    out.line("Delete the file with the cards' words." if cards_file else "The cards stay good.")
    out.finish({"survey": survey, "round": named, "key": str(place.key_file)})


def round_of(key: Path | None, survey: str) -> str | None:
    """The round that a key file's name says."""
    return key.stem.removeprefix(f"{survey}-") if key else None


def rounds_here(data: Path) -> list[Round]:
    """The rounds of the installation, where there is one on this machine."""
    try:
        store, _ = installation(data)
    except NotInitialised:
        return []
    with store.read() as connection:
        return all_rounds(connection)


def _sheet_file(sheet: Path | None, data: Path, name: str, *, as_json: bool) -> Path | None:
    if sheet is None:
        if as_json or not can_show():
            raise NoTerminal(what="Cards are shown on", instead="--out FILE.html")
        return None
    file = sheet / name if sheet.is_dir() or not sheet.suffix else sheet
    if file.resolve().is_relative_to(data.resolve()):
        raise UnusableSheet(
            reason="Cards in the data folder would be a key without a lock; choose another place"
        )
    if file.suffix != ".html":
        raise UnusableSheet(reason=f"{file} is neither a folder nor an .html file")
    if file.exists():
        raise UnusableSheet(reason=f"{file} is there already and is not overwritten")
    return file


def _still_opens(place: KeyPlace, *, without_passphrase: bool) -> str:
    name = cards_path(place.key_file).name
    if without_passphrase:
        return f"The passphrase opens this round no more. Keep {name}: the cards open nothing without it."
    return f"The passphrase still opens it too. Keep {name}: the cards open nothing without it."
