"""Mail: set up where somebody waits for it, nothing waits long, who is suspended is told."""

from __future__ import annotations

from datetime import date

import pytest

from feedback_service.doctor.finding import Level
from feedback_service.doctor.mail import check_key, check_set_up, check_suspended, check_waiting

TODAY = date(2027, 1, 20)


@pytest.mark.parametrize(
    ("active", "server", "operator", "level"),
    [
        (0, False, False, Level.FINE),
        (3, False, True, Level.NOW),
        (3, True, False, Level.ADVICE),
        (3, True, True, Level.FINE),
    ],
)
def test_offices_that_wait_for_mail_need_a_server(
    active: int, server: bool, operator: bool, level: Level
) -> None:
    assert check_set_up(active, server=server, operator=operator).level is level


def test_mail_may_wait_over_a_weekend_and_no_longer() -> None:
    assert check_waiting([], TODAY).level is Level.FINE
    assert check_waiting([date(2027, 1, 18), TODAY], TODAY).level is Level.FINE
    late = check_waiting([date(2027, 1, 17), TODAY], TODAY)
    assert late.level is Level.NOW and "2 mails" in late.found and "2027-01-17" in late.found


def test_who_is_suspended_is_told_by_region() -> None:
    assert check_suspended([]).level is Level.FINE
    found = check_suspended(["08416", "08", "08416"])
    assert found.level is Level.ADVICE and "3 are suspended" in found.found and "08, 08416" in found.found


@pytest.mark.parametrize(
    ("recipients", "opened", "links", "level"),
    [
        (0, 0, True, Level.FINE), (3, 3, True, Level.FINE), (3, None, True, Level.NOW),
        (3, 2, True, Level.NOW), (3, 3, False, Level.NOW), (0, 0, False, Level.NOW),
        (0, None, False, Level.ADVICE), (0, None, True, Level.ADVICE),
    ],
)  # fmt: skip
def test_the_mail_key_opens_every_address(
    recipients: int, opened: int | None, links: bool, level: Level
) -> None:
    assert check_key(recipients, opened, links=links).level is level
