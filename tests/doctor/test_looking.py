"""Facts are read off a real folder, and nothing is changed by reading them."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from feedback_service.doctor.keys import KeyFile
from feedback_service.doctor.looking import (
    file_system,
    key_files,
    newest_write,
    read_spools,
    read_system,
    since_last_mix,
)
from feedback_service.intake.slot import answer
from feedback_service.intake.spool import Spool
from feedback_service.mixing.code_keys import CodeKeys
from feedback_service.sealing.envelope import ENVELOPE_BYTES

MOUNTS = """\
22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
23 22 0:30 / /srv rw shared:4 - btrfs /dev/sdb rw
24 22 0:31 /x /srv/my\\040data rw - xfs /dev/sdc rw
25 22 0:32 / /srv/my\\040data rw - nfs4 host:/x rw
"""


def test_the_file_system_is_that_of_the_nearest_mount_and_the_last_one_there(tmp_path: Path) -> None:
    assert file_system(Path("/var/lib"), MOUNTS) == "ext4"
    assert file_system(Path("/srv/data"), MOUNTS) == "btrfs"
    assert file_system(Path("/srvdata"), MOUNTS) == "ext4"
    assert file_system(Path("/srv/my data/feedback"), MOUNTS) == "nfs4"
    assert file_system(tmp_path, None) is None
    assert read_system(str(tmp_path / "nothing")) is None
    assert file_system(Path("/proc/self"), read_system("/proc/self/mountinfo")) == "proc"


def test_what_waits_is_counted_once_by_round_and_damage_is_seen(patient: Any) -> None:
    tag, id_ = secrets.token_bytes(16), secrets.token_bytes(16)
    bodies = [secrets.token_bytes(ENVELOPE_BYTES) for _ in range(3)]
    group = [answer(1, tag, id_, bodies[0]), answer(1, tag, id_, bodies[1]), answer(2, tag, id_, bodies[2])]
    spool = Spool(patient.store.spool_folder, 64)
    spool.store([one.packed() for one in group])
    spool._current._db.execute(
        "UPDATE slot SET used = 1, content = zeroblob(4080)"
        " WHERE number = (SELECT min(number) FROM slot WHERE used = 0)"
    )
    found = read_spools(patient.store.spool_folder)
    spool.close()
    assert (found.waiting, found.damaged) == ({1: 1, 2: 1}, 1)
    assert (found.unreadable, found.lost, len(found.sizes)) == ((), (), 2)


def test_a_lost_file_and_one_that_is_no_spool_are_named_and_not_mended(patient: Any) -> None:
    folder = patient.store.spool_folder / "web-0"
    (folder / "b.spool").unlink()
    (folder / "a.spool").write_bytes(b"rubbish" * 4000)
    found = read_spools(patient.store.spool_folder)
    assert (found.unreadable, found.lost) == (("web-0/a.spool",), ("web-0/b.spool",))
    assert not (folder / "b.spool").exists()
    # Neither file: a process died before it made one, and nothing can have waited there.
    (folder / "a.spool").unlink()
    assert read_spools(patient.store.spool_folder).lost == ()


def test_the_last_mix_is_read_off_its_key(patient: Any) -> None:
    store = patient.store
    now = datetime.now(UTC)
    public = store.spool_folder / "code.pub"
    os.utime(public, times=((now - timedelta(days=3)).timestamp(),) * 2)
    since = since_last_mix(store, now)
    assert since and abs(since - timedelta(days=3)) < timedelta(seconds=1)
    CodeKeys(store.mix_folder, store.spool_folder).renew()
    since = since_last_mix(store, datetime.now(UTC))
    assert since and since < timedelta(hours=1)
    (store.mix_folder / "code.key").unlink()
    assert since_last_mix(store, now) is None


def test_the_newest_file_says_how_late_it_is_at_least(tmp_path: Path) -> None:
    assert newest_write(tmp_path) is None
    (tmp_path / "below").mkdir()
    for name, year in (("old", 2020), ("below/new", 2031)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, times=(datetime(year, 1, 1, tzinfo=UTC).timestamp(),) * 2)
    assert newest_write(tmp_path) == datetime(2031, 1, 1, tzinfo=UTC)


def test_private_key_files_are_told_from_public_ones_and_bare_from_wrapped(tmp_path: Path) -> None:
    for name, content in (("a.key", '{"wrapped": 1}'), ("b.key.new", "scalar"), ("c.pub", "public")):
        (tmp_path / name).write_text(content)
        (tmp_path / name).chmod(0o640)
    (tmp_path / "large.cards").write_text('{"wrapped": 1}' + " " * 70_000)
    (tmp_path / "large.cards").chmod(0o600)
    assert key_files(tmp_path) == [
        KeyFile("a.key", wrapped=True, mode=0o640),
        KeyFile("b.key.new", wrapped=False, mode=0o640),
        KeyFile("large.cards", wrapped=False, mode=0o600),
    ]
