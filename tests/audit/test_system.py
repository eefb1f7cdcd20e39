"""The machine around an installation, made up below a folder: what keeps addresses or answers is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedback_service.audit.model import Verdict

Only = Callable[..., None]
NGINX = """
server {
    server_name feedback.example;
    access_log off;
    error_log /dev/null crit;
    client_max_body_size 64k;
    client_body_buffer_size 64k;
    location / { proxy_pass http://127.0.0.1:8000; }
}
"""
CADDY = "feedback.example {\n\treverse_proxy 127.0.0.1:8000\n}\n"
APACHE = """
<VirtualHost *:443>
  ProxyPass / http://127.0.0.1:8000/
  LogLevel crit
</VirtualHost>
"""
UNIT = """
[Service]
ExecStart=/opt/feedback/bin/feedback-service serve
LimitCORE=0
MemorySwapMax=0
PrivateTmp=true
NoNewPrivileges=yes
"""


@pytest.fixture(autouse=True)
def _nothing_known(good: Any) -> None:
    """Searching for answers is none of these tests' business."""
    good.markers.write_text("")


def _write(good: Any, name: str, text: str) -> Path:
    path: Path = good.machine / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def _process(good: Any, *command: str, pid: int = 77, cores: str = "0", **environment: str) -> Path:
    """A process of the made-up machine, that works on the good folder."""
    proc: Path = good.machine / "proc" / str(pid)
    (proc / "fd").mkdir(parents=True)
    (proc / "cmdline").write_bytes("\0".join(command).encode() + b"\0")
    environment = {"FEEDBACK_DATA": str(good.folder), **environment}
    (proc / "environ").write_bytes(b"".join(f"{a}={b}\0".encode() for a, b in environment.items()))
    (proc / "limits").write_text(f"Max core file size        {cores}                    unlimited  bytes\n")
    (proc / "cwd").symlink_to(good.machine)
    return proc


def _warnings(good: Any) -> list[str]:
    return [one.looked_at for one in good.checks() if one.verdict is Verdict.WARNING]


SERVE = ("/opt/bin/python", "/opt/bin/feedback-service", "serve")


def test_a_quiet_machine_is_green(good: Any, only: Only) -> None:
    _write(good, "etc/nginx/sites-enabled/feedback", NGINX)
    _write(good, "etc/caddy/Caddyfile", CADDY)
    _write(good, "etc/apache2/sites-enabled/feedback.conf", APACHE)
    _write(good, "etc/systemd/system/feedback.service", UNIT)
    _write(good, "proc/sys/kernel/core_pattern", "core\n")
    _write(good, "proc/swaps", "Filename Type Size Used Priority\n/dev/zram0 partition 1 0 100\n")
    _process(good, *SERVE)
    only()
    warnings = _warnings(good)
    assert not {"swap", "what 1 systemd units lack", "program that takes core dumps"} & set(warnings), (
        warnings
    )
    assert any("nginx, Caddy, Apache" in one.looked_at for one in good.checks())


@pytest.mark.parametrize(
    ("name", "text", "old", "new"),
    [
        ("etc/nginx/conf.d/f.conf", NGINX, "access_log off;", ""),
        ("etc/nginx/conf.d/f.conf", NGINX, "access_log off;", "access_log /var/log/nginx/f.log;"),
        ("etc/nginx/conf.d/f.conf", NGINX, "access_log off;", "# access_log off;"),
        ("etc/nginx/conf.d/f.conf", NGINX, "/dev/null crit", "/var/log/nginx/error.log warn"),
        ("etc/nginx/conf.d/f.conf", NGINX, "client_body_buffer_size 64k", "client_body_buffer_size 8k"),
        ("etc/nginx/conf.d/f.conf", NGINX, "proxy_pass", "mirror /copy; proxy_pass"),
        ("etc/caddy/Caddyfile", CADDY, "\treverse", "\tlog {\n\t\toutput file /var/log/a\n\t}\n\treverse"),
        ("etc/caddy/Caddyfile", CADDY, "\treverse", "\tlog\n\treverse"),
        ("etc/caddy/Caddyfile", CADDY, "feedback.example {", "{\n\tdebug\n}\nfeedback.example {"),
        (
            "etc/apache2/sites-enabled/f.conf",
            APACHE,
            "LogLevel crit",
            "LogLevel crit\n  CustomLog a combined",
        ),
        ("etc/apache2/sites-enabled/f.conf", APACHE, "  LogLevel crit", ""),
    ],
)
def test_a_proxy_that_keeps_addresses_or_answers_is_found(
    good: Any, only: Only, name: str, text: str, old: str, new: str
) -> None:
    _write(good, name, text)
    only()
    assert old in text
    _write(good, name, text.replace(old, new))
    only(16)


def test_a_proxy_of_something_else_is_none_of_ours(good: Any, only: Only) -> None:
    _write(good, "etc/nginx/conf.d/other.conf", "server { location / { proxy_pass http://127.0.0.1:9999; } }")
    only()
    (good.folder / "settings.toml").write_text('public_url = "https://other.example"\n')
    _write(good, "etc/nginx/conf.d/other.conf", "server { server_name other.example; }")
    only(16)


def test_a_unit_with_a_secret_is_found_and_what_it_lacks_is_told(good: Any, only: Only) -> None:
    _write(good, "etc/systemd/system/feedback.service", UNIT.replace("LimitCORE=0\n", ""))
    assert "what 1 systemd units lack" in _warnings(good)
    _write(
        good,
        "etc/systemd/system/feedback.service.d/cores.conf",
        "[Service]\nLimitCORE=0\n# feedback-service\n",
    )
    assert "what 1 systemd units lack" not in _warnings(good)
    only()
    _write(good, "etc/systemd/system/feedback.service", UNIT + "Environment=FEEDBACK_SMTP_PASSWORD=x\n")
    only(14)


@pytest.mark.parametrize(
    ("command", "environment", "number"),
    [
        ((*SERVE,), {"FEEDBACK_SMTP_PASSWORD": "x"}, 14),
        ((*SERVE, "--passphrase", "x"), {}, 14),
        ((*SERVE,), {"PYTHONDEVMODE": "1"}, 16),
        (("/opt/bin/python", "-X", "dev", "-m", "feedback_service.cli.main", "serve"), {}, 16),
        (("/opt/bin/uvicorn", "feedback_service.web:app"), {}, 16),
        ((*SERVE, "--log-level", "debug"), {}, 16),
        ((*SERVE,), {"FEEDBACK_LOG_LEVEL": "DEBUG"}, 16),
    ],
)
def test_a_process_that_holds_or_tells_too_much_is_found(
    good: Any, only: Only, command: tuple[str, ...], environment: dict[str, str], number: int
) -> None:
    _process(good, *command, pid=77, cores="0", **environment)
    only(number)


def test_a_key_in_a_variable_of_any_name_is_found(good: Any, only: Only) -> None:
    _process(good, *SERVE, SOMETHING=good.key.to_bytes().hex())
    only(14)


def test_processes_of_other_folders_and_other_programs_are_none_of_ours(good: Any, only: Only) -> None:
    _process(good, *SERVE, "--data", "/elsewhere", FEEDBACK_SMTP_PASSWORD="x")
    _process(good, "/usr/bin/vim", "/opt/feedback-service/notes", pid=78, PYTHONDEVMODE="1")
    only()


def test_what_a_public_process_or_a_bot_has_is_told(good: Any, only: Only) -> None:
    _process(good, *SERVE, FEEDBACK_PASSPHRASE_FILE="/run/passphrase", cores="unlimited")
    _process(good, "/opt/bin/feedback-bot", pid=78, TELEGRAM_TOKEN="1:x")
    only()
    assert {
        "ways to keys in public processes",
        "tokens in the environment",
        "core dumps of running processes",
    } <= set(_warnings(good))


def test_a_file_for_a_moment_and_a_core_dump_are_found(good: Any, only: Only, tmp_path: Path) -> None:
    proc = _process(good, *SERVE)
    (proc / "fd" / "9").symlink_to("/tmp/upload-x (deleted)")
    only(16)
    (proc / "fd" / "9").unlink()
    core = _write(good, "var/lib/systemd/coredump/core.feedback-servic.0.b.77.zst", "x")
    only(15)
    core.unlink()
    _write(good, "core.77", "x")
    only(15)


def test_what_the_machine_lacks_is_a_warning(good: Any, only: Only) -> None:
    pipe = "|/usr/lib/systemd/systemd-coredump %P"
    _write(good, "proc/sys/kernel/core_pattern", pipe)
    _write(good, "proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 1 0 100\n")
    only()
    assert {"swap", "program that takes core dumps"} <= set(_warnings(good))
    _write(good, "etc/systemd/coredump.conf", "[Coredump]\nStorage=none\n")
    assert "program that takes core dumps" not in _warnings(good)


def test_a_file_system_that_keeps_old_writes_is_found(good: Any, only: Only) -> None:
    _write(good, "proc/self/mounts", f"/dev/sda1 / ext4 rw 0 0\n/dev/sdb {good.folder} btrfs rw 0 0\n")
    only(11)


def test_key_files_that_others_may_read_are_told(good: Any) -> None:
    assert "key files that others may read" not in _warnings(good)
    (good.folder / "mix" / "code.key").chmod(0o644)
    assert "key files that others may read" in _warnings(good)


def test_a_file_that_may_not_be_read_is_a_finding(
    good: Any, only: Only, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may read everything, so the refusal is the test's."""
    real = Path.open

    def refusing(path: Path, *args: Any, **options: Any) -> Any:
        if path.name == "code.pub":
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **options)

    good.markers.write_text('{"marker": "something to look for"}')
    monkeypatch.setattr(Path, "open", refusing)
    assert 1 in {number for number, _ in good.findings()}
