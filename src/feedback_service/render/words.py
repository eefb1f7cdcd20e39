"""The sentences that several documents share: small groups, protection, what rose and what fell."""

from __future__ import annotations

from collections.abc import Callable

from ..reports.model import ChoiceFigure, RegionReport, Withheld

Say = Callable[..., str]
Counted = Callable[..., str]
MOST_PRESSING = "pressing"
_TOP = 3


def pressing_three(report: RegionReport) -> list[ChoiceFigure]:
    """The most often named problems; fewer than three where nobody named more."""
    figures = report.question(MOST_PRESSING)
    if figures is None:
        return []
    named = [choice for choice in figures.choices if not choice.no_answer and choice.count > 0]
    return sorted(named, key=lambda choice: -choice.count)[:_TOP]


def moved(report: RegionReport) -> list[ChoiceFigure]:
    """The problems that rose or fell by more than chance; what else did has its arrow in the tables."""
    figures = report.question(MOST_PRESSING)
    return [choice for choice in figures.choices if choice.arrow and not choice.no_answer] if figures else []


def share(choice: ChoiceFigure, say: Say, counted: Counted) -> str:
    """A figure as it is said: a percentage with bands at the ends, or persons in a small group."""
    if choice.percent is None:
        return counted("%(n)s person", "%(n)s people", choice.count)
    if choice.percent < 5:
        return say("under 5 %%")
    if choice.percent > 95:
        return say("over 95 %%")
    return say("%(percent)s %%", percent=choice.percent)


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
    """Why a region has no figures of its own, each sentence once."""
    return list(dict.fromkeys(why_withheld(withheld, say) for withheld in report.withheld))


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
