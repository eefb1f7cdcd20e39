"""What is kept, column by column, in plain words: what it is, why it tells nothing about a person.

The page "What we keep" is made from this, and a test fails when a column of `schema` or a field of a spool
slot is missing here. Texts are marked for the catalogs.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import N_


@dataclass(frozen=True, slots=True)
class Part:
    """Some columns of a table, and one sentence about them."""

    columns: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A table (or the spool's slots): what it is for people, its parts, and when it is gone."""

    name: str
    title: str
    parts: tuple[Part, ...]
    until: str


SLOT = "slot"
_ROUND = N_("The survey and the quarter: the same for everybody who answers in it.")
_PUBLIC = N_("Stays: it is public and says nothing about you.")
_CLOSE = N_("Gone when the quarter closes.")

ABOUT_ANSWERS = (
    Kept(
        "envelope",
        N_("Sealed answers"),
        (
            Part(("round_id",), _ROUND),
            Part(
                ("key",),
                N_("A random-looking number. What it was made with is destroyed when the quarter closes."),
            ),
            Part(("verified",), N_("Yes or no: whether a card's code came with it. Not which one.")),
            Part(
                ("body",),
                N_(
                    "The answers, sealed, all of one length. This computer can't open them. Inside are your"
                    " answers, the language, and whether you used the form or a bot."
                ),
            ),
        ),
        N_(
            "They can't be opened any more, not even from old copies, once the quarter's key is destroyed."
            " That is done after the report is out."
        ),
    ),
    Kept(
        SLOT,
        N_("Answers that wait to be mixed"),
        (
            Part(("round_number",), _ROUND),
            Part(("kind",), N_("An answer, or the wish to delete one.")),
            Part(
                ("tag", "id"),
                N_(
                    "Random-looking numbers of the form, so that sending twice counts once and deleting"
                    " works."
                ),
            ),
            Part(
                ("code_field",),
                N_("The code of a card, sealed, or random bytes. After the mixing nothing links the two."),
            ),
            Part(("envelope",), N_("The sealed answers.")),
        ),
        N_(
            "Overwritten with random bytes at the next mix, mostly the same night, at the latest when the"
            " quarter closes. They lie in random places: nobody can see who came first."
        ),
    ),
    Kept(
        "tombstone",
        N_("Deleted answers"),
        (
            Part(("round_id",), _ROUND),
            Part(("tag_mac",), N_("A random-looking number, so that a deleted answer doesn't come back.")),
        ),
        _CLOSE,
    ),
    Kept(
        "access_code",
        N_("Codes on cards"),
        (
            Part(("round_id",), _ROUND),
            Part(
                ("mac",),
                N_(
                    "A number made from the code that can't be turned back. Not who got the card, when or"
                    " where."
                ),
            ),
            Part(("spent",), N_("Yes or no: whether the code was used. Not for which answer.")),
        ),
        N_("Useless when the quarter closes: what the numbers were made with is destroyed."),
    ),
    Kept(
        "comment",
        N_("What you wrote, until it is read"),
        (
            Part(("round_id",), _ROUND),
            Part(("key",), N_("A random number.")),
            Part(
                ("body", "draft"),
                N_(
                    "What you wrote, apart from your other answers, sealed for the few people who take out"
                    " names and all that shows who somebody is. Nobody who works for an office is among them."
                    " Inside are also the language and a region with many answers."
                ),
            ),
        ),
        N_("Destroyed when somebody has decided about it, at the latest with the quarter's key."),
    ),
    Kept(
        "comment_batch",
        N_("All that was written in a quarter"),
        (
            Part(("round_id",), _ROUND),
            Part(
                ("public_key", "number", "secret"),
                N_("How much was written, and what is needed to count what it was about."),
            ),
        ),
        N_("Destroyed when all was read, at the latest with the quarter's key."),
    ),
)

WITHOUT_PEOPLE = (
    Kept(
        "round",
        N_("Surveys and quarters"),
        (
            Part(
                ("number", "survey", "round", "state", "closes", "fingerprint", "public_key"),
                N_("Which survey is open until when, and the public half of its key."),
            ),
            Part(
                ("mixing_key", "pepper"),
                N_("Secrets for the random-looking numbers. Overwritten when the quarter closes."),
            ),
            Part(
                ("mixed", "contested"),
                N_("How many answers there are, rounded down to tens; how many codes came twice."),
            ),
        ),
        _PUBLIC,
    ),
    Kept(
        "survey",
        N_("Questions"),
        (Part(("name", "version", "fingerprint", "body"), N_("The questions in all languages.")),),
        _PUBLIC,
    ),
    Kept(
        "machine",
        N_("Computers that take answers"),
        (Part(("id", "name"), N_("Which computers of this service hand in answers. Nothing about yours.")),),
        _PUBLIC,
    ),
    Kept(
        "drained",
        N_("Computers that are done"),
        (
            Part(
                ("round_number", "machine_id"),
                N_("Which of them have handed in everything when a quarter closes."),
            ),
        ),
        _CLOSE,
    ),
    Kept("region", N_("Regions"), (Part(("ags", "name"), N_("Districts and towns.")),), _PUBLIC),
    Kept(
        "ledger",
        N_("Counted figures"),
        (
            Part(
                ("position", "survey", "round", "issue", "kind", "body", "previous", "this", "signature"),
                N_("Figures of groups of ten people or more, each changed a little by chance."),
            ),
        ),
        _PUBLIC,
    ),
    Kept(
        "release",
        N_("Reports"),
        (Part(("survey", "round", "issue", "issued", "body"), N_("What was published.")),),
        _PUBLIC,
    ),
    Kept(
        "quote",
        N_("Quotes in reports"),
        (
            Part(
                ("id", "survey", "round", "region", "texts"),
                N_(
                    "Words of somebody who answered, in German, without names, as those who read them let"
                    " them through. The language that they were written in isn't kept."
                ),
            ),
        ),
        _PUBLIC,
    ),
    Kept(
        "themes",
        N_("What people wrote about"),
        (
            Part(
                ("survey", "round", "issued", "body"),
                N_("In how many texts a theme came up, in the whole state, changed a little by chance."),
            ),
        ),
        _PUBLIC,
    ),
    Kept(
        "recipient",
        N_("Offices that get reports by mail"),
        (
            Part(
                ("id", "address", "address_mac", "region", "language", "formats", "state", "reason"),
                N_(
                    "The mail address of an office, locked, and which report it gets. Nobody who answers is"
                    " here."
                ),
            ),
        ),
        N_("Gone as soon as the office no longer wants reports."),
    ),
    Kept(
        "delivery",
        N_("Mails to offices"),
        (
            Part(
                ("recipient_id", "kind", "about", "message_id", "state", "tries", "reason", "day"),
                N_("Which report was sent to which office, and on which day."),
            ),
        ),
        N_("Gone as soon as the office no longer wants reports."),
    ),
    Kept(
        "reply",
        N_("What offices answered"),
        (
            Part(
                (
                    "id",
                    "region",
                    "round",
                    "survey",
                    "topic",
                    "office",
                    "state",
                    "texts",
                    "step",
                    "answered",
                    "released",
                ),
                N_("What an office says it does about the figures."),
            ),
        ),
        _PUBLIC,
    ),
)
