"""The mix's own keys: renewed, published last, forgotten when nothing can be sealed to them any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_service.intake.code_key import CodeKey, CodeKeyMissing
from feedback_service.mixing import code_keys as module
from feedback_service.mixing.code_keys import PRIVATE_FILE, CodeKeys
from feedback_service.sealing.code_field import open_code, seal_code

MAC = b"m" * 32


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    (tmp_path / "spool").mkdir()
    return tmp_path / "spool"


@pytest.fixture
def keys(tmp_path: Path, spool: Path) -> CodeKeys:
    return CodeKeys(tmp_path / "mix", spool)


def test_a_web_process_seals_to_the_key_that_was_published_last(keys: CodeKeys, spool: Path) -> None:
    keys.make_missing()
    web = CodeKey(spool)
    first = web.current()
    assert first.to_bytes() == keys.all()[0].public.to_bytes()
    keys.renew()
    assert web.current().to_bytes() == keys.all()[0].public.to_bytes() != first.to_bytes()


def test_without_a_published_key_it_is_said_what_to_do(spool: Path) -> None:
    with pytest.raises(CodeKeyMissing, match="feedback-service init"):
        CodeKey(spool).current()


def test_a_first_key_is_made_once(keys: CodeKeys) -> None:
    keys.make_missing()
    made = keys.all()[0].to_bytes()
    keys.make_missing()
    assert [key.to_bytes() for key in keys.all()] == [made]


def test_after_a_mix_the_new_key_and_the_one_before_open_and_no_older_one(
    keys: CodeKeys, spool: Path
) -> None:
    web = CodeKey(spool)
    fields = []
    for _ in range(4):
        keep = keys.renew()
        fields.append(seal_code(web.current(), MAC))
        keys.forget_all_but(keep)
    assert [open_code(keys.all(), field) for field in fields] == [None, None, MAC, MAC]


def test_mixes_that_were_killed_forget_no_key(
    keys: CodeKeys, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = CodeKey(spool)
    keys.make_missing()
    fields = [seal_code(web.current(), MAC)]
    for _ in range(3):
        keys.renew()
        fields.append(seal_code(web.current(), MAC))
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, "write_durably", _killed)
        keys.renew()
    fields.append(seal_code(web.current(), MAC))
    assert [open_code(keys.all(), field) for field in fields] == [MAC] * 5
    keep = keys.renew()
    keys.forget_all_but(keep)
    # The last field was sealed to the key published before: a post that was under way still counts.
    assert open_code(keys.all(), fields[-1]) == MAC


def _killed(*_all: object) -> None:
    raise KeyboardInterrupt


def test_the_private_file_is_its_owners_alone_and_not_in_the_spool_s_folder(
    keys: CodeKeys, tmp_path: Path, spool: Path
) -> None:
    keys.make_missing()
    assert (tmp_path / "mix" / PRIVATE_FILE).stat().st_mode & 0o777 == 0o600
    assert [one.name for one in spool.iterdir()] == ["code.pub"]
