"""What doctor says about the machine, without one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedback_service.audit import machine as audits
from feedback_service.doctor import machine
from feedback_service.doctor.finding import Level
from feedback_service.doctor.machine import (
    check_clock,
    check_core_dumps,
    check_file_system,
    check_mode,
    check_room,
    check_swap,
    room_needed,
)

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
MIB = 1 << 20


@pytest.mark.parametrize(
    ("kinds", "level", "why"),
    [
        ("btrfs zfs nilfs2 bcachefs f2fs", Level.NOW, "order of arrival"),
        ("nfs nfs4 cifs smb3 9p fuse.sshfs", Level.NOW, "locks fail"),
        ("tmpfs ramfs", Level.ADVICE, "at a restart"),
        ("overlay", Level.ADVICE, "container"),
        ("fuse.rclone hfs", Level.ADVICE, "not tried"),
        ("ext4 xfs", Level.FINE, "no old writes"),
    ],
)
def test_the_file_system_must_forget_and_must_lock(kinds: str, level: Level, why: str) -> None:
    for kind in kinds.split():
        found = check_file_system("data", kind)
        assert found.level is level and why in found.found and found.found.startswith(kind), kind
    assert check_file_system("data", None).level is Level.NOT_LOOKED_AT


def test_doctor_refuses_every_file_system_that_the_audit_finds() -> None:
    assert audits._WITH_GENERATIONS <= machine._WITH_GENERATIONS


def test_room_is_needed_for_a_mix_and_the_growth_of_the_largest_file() -> None:
    needed = room_needed(100 * MIB, [16 * MIB, 32 * MIB])
    assert needed == (200 + 64 + 64) * MIB
    assert check_room("data", needed - 1, needed).level is Level.NOW
    assert check_room("data", 2 * needed - 1, needed).level is Level.ADVICE
    assert check_room("data", 2 * needed, needed).level is Level.FINE
    assert room_needed(0, []) == 64 * MIB


@pytest.mark.parametrize(
    ("at", "newest", "level"),
    [
        (AT, None, Level.FINE),
        (AT, AT + timedelta(minutes=5), Level.FINE),
        (AT, AT + timedelta(minutes=5, seconds=1), Level.NOW),
        (AT, AT - timedelta(days=900), Level.FINE),
        (AT.replace(year=1970), None, Level.NOW),
        (AT.replace(year=2101), None, Level.NOW),
    ],
)
def test_the_clock_is_not_behind_the_files_nor_in_another_century(
    at: datetime, newest: datetime | None, level: Level
) -> None:
    assert check_clock(at, newest).level is level


def test_swap_core_dumps_and_open_folders_are_told() -> None:
    levels = [check_swap(one).level for one in (0, 2, None)]
    assert levels == [Level.FINE, Level.ADVICE, Level.NOT_LOOKED_AT]
    assert [check_core_dumps(one).level for one in (0, -1, 4096)] == [Level.FINE, Level.ADVICE, Level.ADVICE]
    modes = {0o700: Level.FINE, 0o750: Level.ADVICE, 0o755: Level.ADVICE, 0o770: Level.NOW, 0o702: Level.NOW}
    assert {mode: check_mode("data", mode).level for mode in modes} == modes
    assert check_mode("data", 0o755).todo == "chmod 700 data"
