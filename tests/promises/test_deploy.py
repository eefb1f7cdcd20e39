"""The shipped configuration keeps the promises: no swap, no core, no root, no log with people, few rights.

The proxies' files have a test of their own beside this one.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import make_url
from typer.main import get_command

from feedback_bot.__main__ import build as build_bot
from feedback_service.cli.main import build
from feedback_service.settings import Settings
from feedback_service.storage.schema import metadata, round_
from feedback_service.storage.session import Store
from feedback_service.storage.sqlite import open_sqlite

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SHIPPED = sorted(path for path in [*DEPLOY.rglob("*"), ROOT / "compose.yaml"] if path.is_file())
DATA = Path("/var/lib/feedback")
SERVE, MIX, WORK = "feedback-serve.service", "feedback-mix.service", "feedback-work.service"

# Words of regions' names that name none, and how a host name writes the rest.
_NO_PLACES = {"baden-württemberg", "regierungsbezirk", "stadtkreis", "landkreis"}
_IN_HOST_NAMES = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

Unit = dict[str, list[str]]


def lines(name: str) -> list[str]:
    """A file's lines without comments."""
    text = (DEPLOY / name).read_text("utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith(("#", "--"))]


def unit(*names: str) -> Unit:
    """What is in effect of a unit and its drop-ins: an empty value forgets those before it, as in systemd."""
    found: Unit = {}
    for line in (line for name in names for line in lines(name) if not line.startswith("[")):
        name, _, value = line.partition("=")
        found[name] = [*found.get(name, []), value] if value else []
    return found


def service(name: str) -> Unit:
    """One of the services."""
    return unit(f"systemd/{name}")


def assert_is_a_command(words: list[str], command: Any = None) -> None:
    """That the words after `feedback-service` (or another program) are a command with options of ours."""
    command = command or get_command(build())
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    assert not hasattr(command, "commands") or words == ["--help"], words
    options = {option for one in command.params for option in one.opts} | {"--help"}
    assert {word for word in words if word.startswith("--")} <= options, words


def assert_is_a_setting(name: str) -> None:
    """That a variable has an effect."""
    assert name == "FEEDBACK_DATA" or name.removeprefix("FEEDBACK_").lower() in Settings.model_fields, name


@pytest.mark.parametrize("name", [SERVE, MIX, WORK])
def test_what_is_in_memory_never_comes_to_a_disk_and_nobody_is_root(name: str) -> None:
    one = service(name)
    assert one["LimitCORE"] == ["0"]
    assert one["MemorySwapMax"] == ["0"]
    assert one["User"] == one["Group"] == ["feedback"]
    assert one["UMask"] == ["0077"]
    assert one["NoNewPrivileges"] == ["yes"]
    assert one["CapabilityBoundingSet"] == []
    assert "~@privileged @resources" in one["SystemCallFilter"]


@pytest.mark.parametrize("name", [SERVE, MIX, WORK])
def test_a_unit_writes_into_the_data_folder_only_and_logs_to_the_journal_only(name: str) -> None:
    one = service(name)
    assert one["ProtectSystem"] == ["strict"]
    assert one["PrivateTmp"] == ["yes"]
    written = [Path(path) for line in one["ReadWritePaths"] for path in line.split()]
    assert written and all(path.is_relative_to(DATA) for path in written)
    assert one["StandardOutput"] == one["StandardError"] == ["journal"]
    assert one["IPAccounting"] == ["no"]


def test_the_web_process_reaches_its_spool_and_neither_keys_nor_the_store_s_pages() -> None:
    store = Store(DATA, open_sqlite(make_url("sqlite://"), DATA))
    one = service(SERVE)
    written = {Path(path) for path in one["ReadWritePaths"][0].split()}
    # `tmp`: SQLite refuses a folder for its temporary files that it can't write to.
    assert written == {store.spool_folder, DATA / "tmp"}
    hidden = {Path(path.removeprefix("-")) for path in one["InaccessiblePaths"][0].split()}
    assert hidden == {store.mix_folder, store.mail_folder, store.key_folder}
    # Both run as one user: without this /proc/PID/root of a running mix opens the folders (tried).
    assert one["PrivateUsers"] == ["yes"]
    assert one["ProtectProc"] == ["invisible"]


def test_the_web_process_listens_on_loopback_and_can_t_connect_outwards_and_the_mix_has_no_network() -> None:
    one = service(SERVE)
    assert one["IPAddressDeny"] == ["any"]
    assert one["IPAddressAllow"] == ["localhost"]
    assert "--host" not in one["ExecStart"][0]
    assert service(MIX)["PrivateNetwork"] == ["yes"]
    assert service(MIX)["RestrictAddressFamilies"] == ["AF_UNIX"]
    # The round keys are for counting, the mail key is for sending; a mix needs neither.
    assert service(MIX)["InaccessiblePaths"] == ["-/var/lib/feedback/mail -/var/lib/feedback/keys"]


def test_the_work_process_takes_its_password_as_a_file_changes_no_key_and_listens_to_nobody() -> None:
    one = service(WORK)
    (credential,) = one["LoadCredential"]
    assert credential == "smtp-password:/etc/feedback/smtp-password"
    assert "FEEDBACK_SMTP_PASSWORD_FILE=%d/smtp-password" in one["Environment"]
    assert one["ReadOnlyPaths"] == [f"-{DATA}/keys"]
    assert one["SocketBindDeny"] == ["any"] and "SocketBindAllow" not in one
    assert one["PrivateUsers"] == ["yes"] and one["ProtectProc"] == ["invisible"]
    # What it was doing is finished, and it comes back by itself.
    assert one["Restart"] == ["always"] and int(one["TimeoutStopSec"][0]) >= 300
    assert MIX in one["After"][0].split()


def test_a_killed_mix_is_finished_and_an_explained_error_is_not_repeated() -> None:
    assert service(SERVE)["Restart"] == ["always"]
    assert service(MIX)["Restart"] == ["on-abnormal"]
    assert service(MIX)["WantedBy"] == ["multi-user.target"]
    assert MIX in service(SERVE)["After"][0].split()


def test_the_mix_runs_once_a_night_at_a_minute_that_nobody_can_foretell() -> None:
    timer = unit("systemd/feedback-mix.timer")
    assert timer["OnCalendar"] == ["*-*-* 02:00:00"]
    assert timer["RandomizedDelaySec"] == ["2h"]
    assert timer["Persistent"] == ["true"]


def test_every_command_and_every_variable_that_is_shipped_exists() -> None:
    units = [
        service(SERVE),
        service(MIX),
        service(WORK),
        unit(f"systemd/{SERVE}", "onion/feedback-onion.conf"),
    ]
    for one in units:
        program, *words = shlex.split(one["ExecStart"][0])
        assert program == "/opt/feedback/bin/feedback-service"
        assert_is_a_command(words)
    for path in SHIPPED:
        for name in re.findall(r"\bFEEDBACK_[A-Z_]+", path.read_text("utf-8")):
            assert_is_a_setting(name)


def test_no_file_names_a_place_whose_people_could_be_told_apart() -> None:
    names = (ROOT / "src/feedback_service/regions/baden_wuerttemberg.csv").read_text("utf-8").lower()
    said = set(re.findall(r"[^\W\d]+(?:-[^\W\d]+)*", names.split("\n", 1)[1])) - _NO_PLACES
    places = said | {one.translate(_IN_HOST_NAMES) for one in said}
    assert len(places) > 30
    for path in SHIPPED:
        text = path.read_text("utf-8").lower()
        assert [place for place in places if re.search(rf"\b{re.escape(place)}\b", text)] == [], path
        hosts = set(re.findall(r"[\w.-]+\.(?:example|org|de|eu|net|com)\b", text)) - {"feedback.example"}
        assert {host for host in hosts if not host.startswith(("com.docker", "x-"))} == set(), path


def test_the_onion_service_has_a_process_that_believes_no_forwarded_address() -> None:
    torrc = dict(line.split(maxsplit=1) for line in lines("onion/torrc"))
    onion = unit(f"systemd/{SERVE}", "onion/feedback-onion.conf")
    port = shlex.split(onion["ExecStart"][0])[-1]
    assert torrc["HiddenServicePort"] == f"80 127.0.0.1:{port}"
    assert onion["SocketBindAllow"] == [f"tcp:{port}"] != service(SERVE)["SocketBindAllow"]
    assert onion["UnsetEnvironment"] == ["FEEDBACK_TRUSTED_PROXY"]
    assert torrc["SocksPort"] == "0" and torrc["SafeLogging"] == "1" and torrc["Log"].startswith("warn")


def test_in_containers_nothing_is_written_but_the_data_and_nothing_is_swapped() -> None:
    document = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    for name, one in document["services"].items():
        assert one["read_only"] is True and one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"] and one["ulimits"] == {"core": 0}
        assert one["mem_limit"] == one["memswap_limit"]
        assert one["user"].split(":")[0] in (ROOT / "Dockerfile").read_text("utf-8")
        if name == "bot":
            continue
        assert one["volumes"] == ["data:/data"]
        assert_is_a_command(list(one["command"]))


def test_the_bot_sees_no_data_and_its_token_is_in_no_environment() -> None:
    document = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    bot, one = document["services"]["bot"], service("feedback-bot.service")
    assert "volumes" not in bot and "tmpfs" not in bot and "ports" not in bot
    assert bot["environment"] == {"TELEGRAM_TOKEN_FILE": "/run/secrets/telegram-token"}
    # Nobody else is in the network that leads out.
    assert [name for name, each in document["services"].items() if "out" in each.get("networks", ())] == [
        "bot"
    ]
    assert one["DynamicUser"] == ["yes"] and one["InaccessiblePaths"] == [f"-{DATA}"]
    assert one["LimitCORE"] == one["MemorySwapMax"] == ["0"] and "ReadWritePaths" not in one
    assert one["SocketBindDeny"] == ["any"] and "SocketBindAllow" not in one
    unit_words, container_words = shlex.split(one["ExecStart"][0]), bot["command"]
    for words in (unit_words[1:], container_words):
        assert words[0] == "telegram"
        assert_is_a_command(list(words), get_command(build_bot()))


def test_the_work_container_has_a_network_of_its_own_and_its_password_in_no_environment() -> None:
    document = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    one = document["services"]["work"]
    assert one["environment"] == {"FEEDBACK_SMTP_PASSWORD_FILE": "/run/secrets/smtp-password"}
    assert one["secrets"] == ["smtp-password"] and "ports" not in one
    there = [name for name, each in document["services"].items() if "mail" in each.get("networks", ())]
    assert there == ["work"] and one["networks"] == ["mail"]


def test_containers_are_split_like_the_units() -> None:
    document = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    serve, mix, command = (document["services"][name] for name in ("serve", "mix", "command"))
    assert serve["ports"] == ["127.0.0.1:8000:8000"]
    assert {mount.split(":")[0] for mount in serve["tmpfs"]} == {"/data/mix", "/data/mail", "/data/keys"}
    assert {mount.split(":")[0] for mount in mix["tmpfs"]} == {"/data/mail", "/data/keys"}
    assert all("mode=000" in mount for one in (serve, mix) for mount in one["tmpfs"])
    (network,) = document["networks"]["web"]["ipam"]["config"]
    assert serve["environment"] == {"FEEDBACK_TRUSTED_PROXY": network["gateway"]}
    for one in (mix, command):
        assert one["network_mode"] == "none" and one["profiles"] == ["jobs"]
    # What is typed at its terminal, like the words of cards, would be in the log.
    assert command["logging"] == {"driver": "none"} and serve["logging"]["driver"] == "local"


def test_the_web_role_reads_what_is_public_and_of_a_round_all_but_its_mixing_key() -> None:
    grants = " ".join(lines("postgresql/grants.sql"))
    to_web = re.findall(r"GRANT ([^;]*?) ON (?!SCHEMA)([^;]*?) TO feedback_web", grants)
    whole = [name.strip() for rights, names in to_web if rights == "SELECT" for name in names.split(",")]
    columns = {
        names: {one.strip() for one in rights[len("SELECT (") : -1].split(",")}
        for rights, names in to_web
        if rights.startswith("SELECT (")
    }
    assert len(to_web) == len(whole[:1]) + len(columns)
    assert set(whole) == {"region", "survey", "release", "reply", "quote", "themes", "alembic_version"}
    assert columns == {"round": set(round_.columns.keys()) - {"mixing_key"}}
    untouched = set(metadata.tables) - set(whole) - set(columns)
    about_answers = {"envelope", "tombstone", "access_code", "ledger", "machine", "drained"}
    about_answers |= {"comment", "comment_batch"}
    assert untouched == about_answers | {"recipient", "delivery"}
    # What was once given by hand goes, also a right to single columns, which REVOKE … ON TABLES leaves.
    assert "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, feedback_web;" in grants
    assert "REVOKE ALL (mixing_key) ON round FROM PUBLIC, feedback_web;" in grants


def test_both_roles_are_made_without_any_power() -> None:
    roles = " ".join(lines("postgresql/roles.sql"))
    made = re.findall(r"CREATE ROLE (\w+) ([^;]*);", roles)
    assert [name for name, _ in made] == ["feedback_owner", "feedback_web"]
    for _, powers in made:
        assert {"NOSUPERUSER", "NOCREATEDB", "NOCREATEROLE", "NOREPLICATION", "NOBYPASSRLS"} <= set(
            powers.split()
        )
    assert "SET default_transaction_read_only = on" in roles
    assert "REVOKE ALL ON DATABASE feedback FROM PUBLIC" in roles
    assert "REVOKE ALL ON SCHEMA public FROM PUBLIC" in roles


def test_the_server_writes_no_value_down_and_copies_its_log_nowhere() -> None:
    settings = {
        name.strip(): value.strip(" '")
        for name, _, value in (x.partition("=") for x in lines("postgresql/server.conf"))
    }
    assert settings == {
        "listen_addresses": "localhost", "password_encryption": "scram-sha-256",
        "wal_level": "minimal", "archive_mode": "off", "wal_recycle": "off",
            "max_wal_senders": "0", "max_replication_slots": "0",
        "track_commit_timestamp": "off",
        "log_statement": "none", "log_min_duration_statement": "-1", "log_duration": "off",
        "log_min_error_statement": "panic", "log_error_verbosity": "terse",
        "log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0",
        "log_connections": "off", "log_disconnections": "off", "log_hostname": "off",
        "log_lock_waits": "off", "log_temp_files": "-1", "log_autovacuum_min_duration": "-1",
        "shared_preload_libraries": "", "track_io_timing": "off",
    }  # fmt: skip


def test_only_the_two_roles_connect_each_with_its_password() -> None:
    rules = [line.split() for line in lines("postgresql/pg_hba.conf")]
    assert rules[0] == ["local", "all", "postgres", "peer"]
    assert rules[-1] == ["host", "all", "all", "all", "reject"]
    for kind, database, role, *where, how in rules[1:-1]:
        assert (database, how) == ("feedback", "scram-sha-256")
        assert role in ("feedback_owner", "feedback_web")
        assert kind == "local" or where in (["127.0.0.1/32"], ["::1/128"])


def test_the_page_about_it_names_every_file_and_only_those() -> None:
    text = (DEPLOY / "README.md").read_text("utf-8")
    named = {
        name
        for name in re.findall(r"^\| (.*?) \|", text, re.MULTILINE)
        for name in re.findall(r"`([^`]+)`", name)
    }
    folders = {DEPLOY / name for name in named if name.endswith("/")}
    files = {(DEPLOY / name).resolve() for name in named if not name.endswith("/")}
    assert all(path.is_file() for path in files)
    shipped = {path for path in SHIPPED if path.name != "README.md" and path.parent not in folders}
    assert files == shipped
