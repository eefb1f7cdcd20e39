"""Which round a command means: the one that is named, else the only one that qualifies."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from ..errors import FeedbackError
from ..storage.rounds import BEGUN, Round, RoundState, all_rounds
from ..storage.surveys import survey_names


class UnknownSurvey(FeedbackError):
    """A name that is none of the installation's surveys."""

    status = 404
    code = "survey-unknown"
    message = "There is no survey “%(survey)s” here. There are: %(known)s."


class UnknownRound(FeedbackError):
    """A round that the survey doesn't have."""

    status = 404
    code = "round-unknown"
    message = "The survey “%(survey)s” has no round “%(round)s”. See: feedback-service rounds list"


class NoSuchRound(FeedbackError):
    """No round is in a state that the step needs."""

    status = 409
    code = "round-state"
    message = "No round of “%(survey)s” is %(states)s. See: feedback-service rounds list"


class SeveralRounds(FeedbackError):
    """More than one round qualifies."""

    status = 409
    code = "round-ambiguous"
    message = "Several rounds of “%(survey)s” qualify: %(rounds)s. Choose one with --round."


class WrongState(FeedbackError):
    """The named round isn't in a state that the step needs."""

    status = 409
    code = "round-wrong-state"
    message = "The round %(round)s of “%(survey)s” is %(state)s; for this it must be %(states)s."


def require_survey(connection: Connection, survey: str) -> None:
    """Raises `UnknownSurvey`."""
    known = survey_names(connection)
    if survey not in known:
        raise UnknownSurvey(survey=survey, known=", ".join(known) or "none")


def choose_round(
    connection: Connection,
    survey: str,
    round_id: str | None,
    needed: Sequence[RoundState],
    also: Sequence[RoundState] = (),
) -> Round:
    """The round meant by a command.

    Without a name, the only one in a `needed` state counts; states in `also` (the step was done before)
    are taken where the round is named, or where none is needed and the newest of them is clear.
    """
    require_survey(connection, survey)
    rounds = all_rounds(connection, survey)
    if round_id is not None:
        return _named(rounds, survey, round_id, (*needed, *also))
    fitting = [one for one in rounds if one.state in needed]
    if len(fitting) > 1:
        raise SeveralRounds(survey=survey, rounds=", ".join(one.round for one in fitting))
    if fitting:
        return fitting[0]
    done = [one for one in rounds if one.state in also]
    if done:
        return done[-1]
    raise NoSuchRound(survey=survey, states=" / ".join(needed))


def choose_closing(connection: Connection, survey: str, round_id: str | None) -> Round:
    """The round that a close means: one whose close was begun goes before the open one."""
    if round_id is not None:
        return choose_round(connection, survey, round_id, [*BEGUN, "open"])
    begun = any(one.state in BEGUN for one in all_rounds(connection, survey))
    return choose_round(connection, survey, None, BEGUN if begun else ["open"])


def _named(rounds: list[Round], survey: str, round_id: str, states: Sequence[RoundState]) -> Round:
    found = next((one for one in rounds if one.round == round_id), None)
    if found is None:
        raise UnknownRound(survey=survey, round=round_id[:20])
    if found.state not in states:
        raise WrongState(survey=survey, round=found.round, state=found.state, states=" / ".join(states))
    return found
