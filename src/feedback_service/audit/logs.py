"""What the programs around the service write down: proxies' logs and buffers, units, sessions of debugging.

An address with a time is an answer's sender: what keeps one is a finding. What only makes the machine
harder to read is a warning where it is missing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from .model import Check, hardened, listed, none_of, not_looked_at
from .system import System

_NGINX = ("/etc/nginx/nginx.conf", "/etc/nginx/conf.d/*.conf", "/etc/nginx/sites-enabled/*")
_CADDY = ("/etc/caddy/Caddyfile", "/etc/caddy/**/*.caddy", "/etc/caddy/conf.d/*")
_APACHE = ("/etc/apache2/**/*.conf", "/etc/httpd/**/*.conf")
_UNITS = ("/etc/systemd/system/**/*.service", "/etc/systemd/system/*.service.d/*.conf",
          "/usr/lib/systemd/system/feedback*.service")  # fmt: skip
_DEFAULT_PORT = "8000"
_QUIET_LEVELS = ("crit", "alert", "emerg")
_SECRET = re.compile(
    r"^\s*Environment=.*(PASSPHRASE|PASSWORD|SECRET|PRIVATE_KEY|TOKEN)=(?!\S*_FILE)", re.MULTILINE
)
_BODY = 64 * 1024
_UNIT_SIZES = {"k": 1024, "m": 1024 * 1024}


def check_logs(folder: Path, system: System) -> list[Check]:
    """Line 16 about configuration."""
    fronts = _fronts(folder, system)
    seen: list[str] = []
    findings: list[str] = []
    for name, patterns, look in (
        ("nginx", _NGINX, _nginx),
        ("Caddy", _CADDY, _caddy),
        ("Apache", _APACHE, _apache),
    ):
        texts = {path: _without_comments(text) for path, text in system.texts(*patterns)}
        ours = [path for path, text in texts.items() if any(front in text for front in fronts)]
        if ours:
            seen.append(name)
            findings += [f"{name}: {one}" for one in look(texts, ours)]
    units = {path: text for path, text in system.texts(*_UNITS) if "feedback-" in text}
    name = "proxies that keep addresses or answers"
    return [
        none_of(16, f"{name} ({', '.join(seen)})", sorted(set(findings)))
        if seen
        else not_looked_at(16, name, "no nginx, Caddy or Apache here leads to the service"),
        *_units(units),
    ]


def _fronts(folder: Path, system: System) -> set[str]:
    """By what a proxy's configuration names this service: its ports and its public host."""
    ports = {_DEFAULT_PORT}
    for one in system.processes_of(folder):
        ports |= {word.removeprefix("--port=") for word in one.command if word.startswith("--port=")}
        ports |= {one.command[at + 1] for at, word in enumerate(one.command[:-1]) if word == "--port"}
    names = {f":{port}" for port in ports}
    try:
        settings = tomllib.loads((folder / "settings.toml").read_text("utf-8"))
        host = urlsplit(str(settings.get("public_url", ""))).hostname
    except (OSError, ValueError):
        host = None
    return names | ({host} if host and host not in ("127.0.0.1", "localhost") else set())


def _without_comments(text: str) -> str:
    return re.sub(r"(^|\s)#[^\n]*", "", text)


def _nginx(texts: dict[Path, str], ours: list[Path]) -> Iterator[str]:
    """The nearest setting holds: that of the file, else that of nginx.conf, else nginx's own."""
    main = next((text for path, text in texts.items() if path.name == "nginx.conf"), "")
    for path in ours:
        text = texts[path]
        logs = re.findall(r"\baccess_log\s+([^;]+);", text) or re.findall(r"\baccess_log\s+([^;]+);", main)
        if not logs or any(log.split()[0] not in ("off", "/dev/null") for log in logs):
            yield f"access_log in {path.name}"
        errors = re.findall(r"\berror_log\s+([^;]+);", text) or re.findall(r"\berror_log\s+([^;]+);", main)
        # From level "error" up a line names the client.
        if not errors or any(not _quiet(error) for error in errors):
            yield f"error_log in {path.name}"
        sizes = re.findall(r"\bclient_body_buffer_size\s+([0-9]+)([kKmM]?)", text + main)
        largest = max((int(number) * _UNIT_SIZES.get(unit.lower(), 1) for number, unit in sizes), default=0)
        if largest < _BODY:
            yield f"client_body_buffer_size in {path.name} puts answers into files"
        if re.search(r"\bclient_body_in_file_only\s+(on|clean)|\bmirror\s+/", text):
            yield f"bodies are kept or copied by {path.name}"


def _quiet(error: str) -> bool:
    words = error.split()
    return words[0] == "/dev/null" or words[-1] in _QUIET_LEVELS


def _caddy(texts: dict[Path, str], ours: list[Path]) -> Iterator[str]:
    """Caddy writes no access log unless it is told to."""
    for path in ours:
        for block in re.finditer(r"^\s*log\b[^\n{]*(\{(?:[^{}]|\{[^{}]*\})*\})?", texts[path], re.MULTILINE):
            if "discard" not in block[0] and "default" not in block[0].split("{")[0]:
                yield f"log in {path.name}"
        if re.search(r"^\s*debug\s*$", texts[path], re.MULTILINE):
            yield f"debug in {path.name}"


def _apache(texts: dict[Path, str], ours: list[Path]) -> Iterator[str]:
    for path, text in texts.items():
        for log in re.findall(r"^\s*(?:CustomLog|TransferLog)\s+(\S+)", text, re.MULTILINE | re.IGNORECASE):
            if log != "/dev/null" and (path in ours or "other-vhosts" in path.name):
                yield f"CustomLog in {path.name}"
        levels = re.findall(r"^\s*LogLevel\s+(\S+)", text, re.MULTILINE | re.IGNORECASE)
        if path in ours and not any(level.lower() in _QUIET_LEVELS for level in levels):
            yield f"LogLevel in {path.name}"


def _units(units: dict[Path, str]) -> list[Check]:
    if not units:
        return [not_looked_at(16, "systemd units of the service", "there are none here")]
    secrets = [path.name for path, text in units.items() if _SECRET.search(text)]
    main = {path.name: text for path, text in units.items() if "ExecStart=" in text}
    added = {
        path.parent.name.removesuffix(".d"): text for path, text in units.items() if path.suffix == ".conf"
    }
    soft = [
        f"{name}: {wanted}"
        for name, text in main.items()
        for wanted in ("LimitCORE=0", "MemorySwapMax=0", "PrivateTmp=true", "NoNewPrivileges=true")
        if not re.search(rf"^\s*{wanted.replace('true', '(true|yes|1)')}\s*$", text + added.get(name, ""),
                         re.MULTILINE | re.IGNORECASE)
    ]  # fmt: skip
    return [
        none_of(14, "secrets in systemd units", secrets),
        hardened(16, f"what {len(main)} systemd units lack", listed(soft), "nothing", not soft),
    ]
