"""The sentences that several documents share: small groups, protection, what rose and what fell."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..errors import N_
from ..reports.model import ChoiceFigure, Quoted, RegionReport, ReplyState, Withheld
from ..surveys.themes import MOST_PRESSING

Say = Callable[..., str]
Counted = Callable[..., str]
# How far an office is, as it says itself; each with a sign too, for those who don't read easily.
REPLY_STATES: Mapping[ReplyState, str] = {
    "heard": N_("Heard: we know about it"),
    "decided": N_("Decided: we will do something"),
    "done": N_("Done"),
    "impossible": N_("Not possible, and why"),
}
REPLY_SIGNS: Mapping[ReplyState, str] = {"heard": "○", "decided": "◐", "done": "●", "impossible": "✗"}
# In a sentence; every change has its arrow in the tables.
_MOST_CHANGES = 3


def audience(report: RegionReport | Quoted, say: Say) -> str:
    """Who was asked, as a report calls them; a survey of the operator's own goes by its title."""
    if report.audience == "clients":
        return say("Refugees")
    return say("Counsellors") if report.audience == "counsellors" else report.title


def moved(report: RegionReport) -> list[ChoiceFigure]:
    """The problems that rose or fell by more than chance; what else did has its arrow in the tables."""
    figures = report.question(MOST_PRESSING)
    return [choice for choice in figures.choices if choice.arrow and not choice.no_answer] if figures else []


def changes(report: RegionReport, say: Say) -> str:
    """One sentence about what rose and what fell since the round before: the most named that did."""
    found = sorted(moved(report), key=lambda choice: -choice.count)[:_MOST_CHANGES]
    if not found:
        return say("Nothing rose or fell by more than chance since the last quarter.")
    listed = ", ".join(f"{choice.label} ({change(choice, say)})" for choice in found)
    return say("More than by chance since the last quarter:") + f" {listed}."


def change(choice: ChoiceFigure, say: Say) -> str:
    """Whether an answer rose or fell, with a sign before the word; empty where chance may explain it."""
    if choice.arrow is None:
        return ""
    return "▲ " + say("rose") if choice.arrow == "up" else "▼ " + say("fell")


def share(choice: ChoiceFigure, say: Say, counted: Counted) -> str:
    """A figure as it is said: a percentage with bands at the ends, or persons in a small group."""
    if choice.percent is None:
        return counted("%(n)s person", "%(n)s people", choice.count)
    return percent_words(choice.percent, say)


def percent_words(percent: int, say: Say) -> str:
    """A percentage, with bands at the ends: a share there isn't told to the point."""
    if percent < 5:
        return say("under 5 %%")
    return say("over 95 %%") if percent > 95 else say("%(percent)s %%", percent=percent)


def percent_or_dash(percent: int | None, say: Say) -> str:
    """A share, or a dash where there is none."""
    return "–" if percent is None else percent_words(percent, say)


def why_withheld(withheld: Withheld, say: Say) -> str:
    """Why there are no own figures, and where the answers are instead."""
    if withheld.least is None:
        reason = say("There are no figures for this municipality alone.")
    else:
        least = withheld.least
        reason = say(
            "Fewer than %(least)s people answered here, so there are no figures of its own.", least=least
        )
    if withheld.group_name is None:
        return reason
    return reason + " " + say("These answers are counted in: %(group)s.", group=withheld.group_name)


def reasons(report: RegionReport, say: Say) -> list[str]:
    """Why a region has no figures at all, each sentence once: where the fewest people would have been enough.

    Other questions need more people; that they need more still would read as a contradiction.
    """
    least = min((one.least for one in report.withheld if one.least is not None), default=None)
    named = [one for one in report.withheld if one.least == least]
    return list(dict.fromkeys(why_withheld(withheld, say) for withheld in named))


def what_to_do(say: Say) -> str:
    """What an office without figures of its own can do about it."""
    return say("More answers make figures of its own possible: put up posters with the address of the form.")


def protection(say: Say) -> str:
    """How figures are protected, in the words that offices know."""
    return say(
        "As in the census, each figure is changed a little by chance (in 96 %% of cases by no more than"
        " 3 people for each group). Each group has at least 10 people and is changed only once; all"
        " higher levels are sums of these figures. So no comparison of reports leads below these groups.",
    )
