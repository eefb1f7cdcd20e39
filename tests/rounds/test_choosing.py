"""Which round a command means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from feedback_service.rounds.choosing import (
    NoSuchRound,
    SeveralRounds,
    UnknownRound,
    UnknownSurvey,
    WrongState,
    choose_closing,
    choose_round,
    require_survey,
)
from feedback_service.secret import Secret
from feedback_service.storage.rounds import Round, RoundState, add_round, all_rounds, move
from feedback_service.storage.session import Store, make_store
from feedback_service.storage.surveys import add_survey
from feedback_service.surveys.yaml_form import standing_survey


@pytest.fixture
def store(founded: Store) -> Store:
    return founded


@pytest.fixture
def with_rounds(store: Store) -> Callable[..., None]:
    """Gives the clients' survey exactly these rounds, one a quarter of 2027, in these states."""

    def make(*states: RoundState) -> None:
        questionnaire = standing_survey("clients")
        with store.begin() as connection:
            add_survey(connection, questionnaire)
            move(connection, 1, ["open"], "shredded")
            for quarter, state in enumerate(states, start=1):
                one = add_round(
                    connection,
                    survey="clients",
                    round_id=f"2027-Q{quarter}",
                    closes=date(2027, quarter * 3, 28),
                    fingerprint=questionnaire.fingerprint,
                    public_key=bytes(65),
                    mixing_key=Secret(bytes(32)),
                    pepper=Secret(bytes(32)),
                )
                move(connection, one.number, ["open"], state)

    return make


@pytest.fixture
def choose(store: Store) -> Callable[..., str]:
    """The name of the chosen round."""

    def run(
        needed: list[RoundState], also: list[RoundState], round_id: str | None = None, survey: str = "clients"
    ) -> str:
        with store.read() as connection:
            chosen: Round = choose_round(connection, survey, round_id, needed, also)
            assert chosen in all_rounds(connection, survey)
            return chosen.round

    return run


Choose = Callable[..., str]
WithRounds = Callable[..., None]


def test_without_a_name_the_only_one_that_qualifies_is_meant(with_rounds: WithRounds, choose: Choose) -> None:
    with_rounds("released", "closed", "open")
    assert choose(["closed"], ["counted", "released"]) == "2027-Q2"


def test_several_that_qualify_are_all_told(with_rounds: WithRounds, choose: Choose) -> None:
    with_rounds("closed", "closed", "open")
    with pytest.raises(SeveralRounds) as refused:
        choose(["closed"], ["counted"])
    assert "2027-Q1, 2027-Q2" in str(refused.value) and "--round" in str(refused.value)
    assert choose(["closed"], [], "2027-Q1") == "2027-Q1"


def test_where_none_qualifies_the_needed_states_are_told(with_rounds: WithRounds, choose: Choose) -> None:
    with_rounds("open")
    with pytest.raises(NoSuchRound) as refused:
        choose(["closing", "closed"], [])
    assert "closing / closed" in str(refused.value)


def test_where_none_is_needed_the_newest_that_was_done_before_is_meant(
    with_rounds: WithRounds, choose: Choose
) -> None:
    with_rounds("counted", "released", "open")
    assert choose(["closed"], ["counted", "released"]) == "2027-Q2"


def test_one_that_still_needs_the_step_comes_before_one_that_had_it(
    with_rounds: WithRounds, choose: Choose
) -> None:
    with_rounds("closed", "counted", "released")
    assert choose(["closed"], ["counted", "released"]) == "2027-Q1"


def test_a_named_round_is_taken_in_each_state_that_is_named(with_rounds: WithRounds, choose: Choose) -> None:
    with_rounds("closed", "counted", "closed")
    assert choose(["closed"], ["counted"], "2027-Q2") == "2027-Q2"
    assert choose(["closed"], ["counted"], "2027-Q3") == "2027-Q3"


def test_a_named_round_in_another_state_is_refused_and_both_states_are_told(
    with_rounds: WithRounds, choose: Choose
) -> None:
    with_rounds("open")
    with pytest.raises(WrongState) as refused:
        choose(["closed"], ["counted"], "2027-Q1")
    assert "is open" in str(refused.value) and "closed / counted" in str(refused.value)


def test_a_round_or_survey_that_there_is_not_is_told(choose: Choose) -> None:
    with pytest.raises(UnknownRound, match="1999-Q1"):
        choose(["open"], [], "1999-Q1")
    with pytest.raises(UnknownSurvey, match="clients, counsellors"):
        choose(["open"], [], None, "client")


def test_one_surveys_rounds_are_not_anothers(with_rounds: WithRounds, choose: Choose) -> None:
    with_rounds("closed")
    assert choose(["open"], [], None, "counsellors") == "2026-Q4"
    with pytest.raises(NoSuchRound):
        choose(["closed"], [], None, "counsellors")


def test_an_installation_without_surveys_says_that_it_has_none(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    store = make_store(tmp_path_factory.mktemp("empty") / "data")
    with store.read() as connection, pytest.raises(UnknownSurvey, match="none"):
        require_survey(connection, "clients")


@pytest.mark.parametrize(
    ("states", "chosen"),
    [
        (["open"], "2027-Q1"),
        (["ending", "open"], "2027-Q1"),
        (["closing", "open"], "2027-Q1"),
        (["released", "closed", "open"], "2027-Q3"),
    ],
)
def test_a_close_that_was_begun_goes_before_the_open_round(
    store: Store, with_rounds: WithRounds, states: list[RoundState], chosen: str
) -> None:
    with_rounds(*states)
    with store.read() as connection:
        assert choose_closing(connection, "clients", None).round == chosen
        named = f"2027-Q{len(states)}"
        assert choose_closing(connection, "clients", named).round == named


def test_of_several_closes_that_were_begun_one_must_be_named(store: Store, with_rounds: WithRounds) -> None:
    with_rounds("closing", "ending", "open")
    with store.read() as connection, pytest.raises(SeveralRounds):
        choose_closing(connection, "clients", None)


def test_what_is_closed_cannot_be_closed(store: Store, with_rounds: WithRounds) -> None:
    with_rounds("closed")
    with store.read() as connection:
        with pytest.raises(NoSuchRound, match="is open"):
            choose_closing(connection, "clients", None)
        with pytest.raises(WrongState):
            choose_closing(connection, "clients", "2027-Q1")
