"""The careful way: keys never come near the web machine, trustees count, then the key is destroyed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from feedback_service.demo.invented import invent
from feedback_service.intake.slot import answer
from feedback_service.intake.spool import Spool
from feedback_service.sealing.keys import PublicKey
from feedback_service.sealing.seal import SealingContext, seal
from feedback_service.storage.regions import read_directory
from feedback_service.storage.rounds import Round, all_rounds
from feedback_service.storage.session import Store, open_store
from feedback_service.storage.surveys import survey_by_fingerprint

# Every Python process that starts with it dies on its first socket, whichever library asks for it.
NO_SOCKETS = """
import sys

def refuse(event, arguments):
    if event.startswith("socket."):
        raise RuntimeError("a socket was asked for: " + event)

sys.addaudithook(refuse)
"""


@pytest.fixture
def no_sockets(tmp_path: Path) -> dict[str, str]:
    """An environment in which no socket can be opened."""
    folder = tmp_path / "no sockets"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(NO_SOCKETS)
    return {"PYTHONPATH": str(folder)}


def _answer(store: Store, one: Round, number: int) -> None:
    with store.read() as connection:
        questionnaire = survey_by_fingerprint(connection, one.survey, one.fingerprint)
        directory = read_directory(connection)
    assert questionnaire
    sealing = SealingContext(one.survey, one.round, one.fingerprint, PublicKey.from_bytes(one.public_key))
    spool = Spool(store.spool_folder, 256)
    for made in invent(questionnaire, directory, one.round, number):
        envelope = seal(sealing, lang=made.lang, channel="web", answers=made.answers)
        spool.store(
            [answer(one.number, made.receipt.tag, made.receipt.id_for(made.answers), envelope).packed()]
        )
    spool.close()


def _cards(sheet: Path) -> list[str]:
    pages = sheet.read_text("utf-8").split("<article>")[1:]
    return [" ".join(re.findall(r"</span>(\w+)</li>", page)) for page in pages]


def _web_machine(private: Any, folder: Path) -> Any:
    """An installation that got public keys only, and knows no passphrase."""
    (folder / "keys").mkdir(parents=True)
    for path in (private.data / "keys").glob("*.pub"):
        shutil.copy(path, folder / "keys")
    web = type(private)(folder, Path("/nonexistent"))
    web.json("init", "--yes")
    return web


def test_from_keys_on_one_machine_to_a_release_on_the_other(
    new_installation: Any, tmp_path: Path, no_sockets: dict[str, str]
) -> None:
    private = new_installation("private")
    web = _web_machine(private, tmp_path / "web")
    assert {path.suffix for path in (web.data / "keys").iterdir()} == {".pub"}
    store = open_store(web.data)
    with store.read() as connection:
        rounds = all_rounds(connection)
    exports = {}
    for one in rounds:
        _answer(store, one, 60)
        web.json("rounds", "close", one.survey)
        exports[one.survey] = tmp_path / f"{one.survey}.export"
        web.json("rounds", "export", one.survey, "--out", str(exports[one.survey]))

    # The ceremony: cards for five people; then the passphrase opens nothing any more.
    round_id = rounds[0].round
    sheets = tmp_path / "to print"
    for survey in exports:
        words = ("keys", "split", survey, "--round", round_id, "--out", str(sheets))
        private.json(*words, "--without-passphrase", "--yes")
    # The count: a machine with key files, cards, no data folder and no network.
    counting = type(private)(tmp_path / "no installation", Path("/nonexistent"))
    figures = []
    for survey, export in exports.items():
        three = tmp_path / f"{survey} cards"
        three.write_text("\n".join(_cards(sheets / f"cards-{survey}-{round_id}.html")[2:]))
        key = private.data / "keys" / f"{survey}-{round_id}.key"
        words = ("rounds", "count", str(export), "--key", str(key), "--cards-file", str(three))
        done = counting.run(*words, "--json", environment=no_sockets)
        assert done.code == 0, done
        assert done.json["answers"] == 60
        figures.append(done.json["file"])
    assert not counting.data.exists()

    early = web.run("rounds", "import", figures[1])
    assert early.code == 1 and f"clients {round_id}: import that first" in early.err
    for survey, file in zip(exports, figures, strict=True):
        web.json("rounds", "import", file)
        web.json("rounds", "release", survey)
    assert set(web.json("releases", "verify")) == {f"clients {round_id}", f"counsellors {round_id}"}
    for survey in exports:
        web.json("rounds", "shred", survey, "--yes")
        private.json("rounds", "shred", str(private.data / "keys" / f"{survey}-{round_id}.cards"), "--yes")
    assert not list((private.data / "keys").glob(f"*-{round_id}.[kc]*"))
    key = str(private.data / "keys" / f"clients-{round_id}.key")
    again = private.run("rounds", "count", str(exports["clients"]), "--key", key)
    assert again.code == 1 and "There is no key" in again.err


def test_an_installation_counts_without_a_socket_too(installation: Any, no_sockets: dict[str, str]) -> None:
    installation.json("rounds", "close", "clients")
    done = installation.run("rounds", "count", "clients", environment=no_sockets)
    assert done.code == 0, done


def test_what_blocks_sockets_would_stop_a_server(
    installation: Any, no_sockets: dict[str, str], unused_tcp_port: int
) -> None:
    done = installation.run("serve", "--port", str(unused_tcp_port), environment=no_sockets)
    assert done.code == 70 and "RuntimeError" in done.err
