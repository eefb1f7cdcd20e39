"""The shipped nginx and Caddy files: no line about a request, no body in a file, one neutral name.

Read as trees, and asked what is in effect where. Each check is shown a file that breaks it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from feedback_service.channels.form_body import LARGEST_BODY, LARGEST_DISCARDED

DEPLOY = Path(__file__).parents[2] / "deploy"
NGINX = (DEPLOY / "nginx" / "feedback.conf").read_text("utf-8")
CADDY = (DEPLOY / "caddy" / "Caddyfile").read_text("utf-8")
HOST = "feedback.example"
SERVICE = "127.0.0.1:8000"
_NGINX_TOKEN = re.compile(r"""\s+|\#[^\n]*|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{};]|[^\s{};"']+)""")
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "KiB": 2**10, "MiB": 2**20, "KB": 1000, "MB": 10**6}


@dataclass(slots=True)
class Block:
    """A block: its name with its words, its directives, the blocks in it, the block around it."""

    name: tuple[str, ...] = ()
    around: Block | None = None
    directives: list[tuple[str, ...]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def here(self, name: str) -> list[tuple[str, ...]]:
        """The words of each directive of that name which stands in this very block."""
        return [words[1:] for words in self.directives if words[0] == name]

    def in_effect(self, name: str) -> list[tuple[str, ...]]:
        """The same, inherited as nginx does: from the nearest block that has any."""
        found = self.here(name)
        return found or (self.around.in_effect(name) if self.around else [])

    def walk(self) -> Iterator[Block]:
        """This block and all in it."""
        yield self
        for block in self.blocks:
            yield from block.walk()

    def named(self, *name: str) -> list[Block]:
        """All blocks in it, at any depth, whose first words these are."""
        return [block for block in self.walk() if block.name[: len(name)] == name]


def read_nginx(text: str) -> Block:
    """nginx: a directive ends with a semicolon."""
    return tree([found for found in _NGINX_TOKEN.findall(text) if found], end=";")


def read_caddy(text: str) -> Block:
    """Caddy: a directive ends with its line."""
    return tree(
        [word for line in text.splitlines() for word in [*line.split("#")[0].split(), "\n"]], end="\n"
    )


def tree(tokens: Sequence[str], end: str) -> Block:
    """Blocks in blocks."""
    block = root = Block()
    words: list[str] = []
    for token in tokens:
        if token == "{":
            block.blocks.append(Block(tuple(words), block))
            block, words = block.blocks[-1], []
        elif token == "}":
            assert block.around is not None and not words, "a block that ends twice, or within a directive"
            block = block.around
        elif token == end:
            block.directives += [tuple(words)] if words else []
            words = []
        else:
            words.append(token.strip("\"'"))
    assert block is root and not words, "a block or a directive without an end"
    return root


def size(words: Sequence[tuple[str, ...]]) -> int:
    """Bytes of the one `128k` (nginx) or `1MiB` (Caddy) that is in effect; 0 where there is none."""
    if len(words) != 1:
        return 0
    number, unit = re.fullmatch(r"(\d+)(\w*)", words[0][0]).groups()  # type: ignore[union-attr]
    return int(number) * _UNITS[unit]


def lower(config: Block) -> Iterator[Block]:
    """The places of an nginx file where requests are answered."""
    return (block for server in config.named("server") for block in server.walk())


def proxying(config: Block) -> list[Block]:
    """The places of an nginx file that hand requests on."""
    return [block for block in config.walk() if block.here("proxy_pass")]


def nginx_logs_nothing(config: Block) -> bool:
    """No access log, and errors, whose lines hold the client's address, go nowhere."""
    places = [config, *lower(config)]
    return all(
        place.in_effect("access_log") == [("off",)]
        and place.in_effect("error_log") == [("/dev/null", "emerg")]
        for place in places
    )


def nginx_writes_no_file(config: Block) -> bool:
    """A body fits into its buffer or is refused; an answer that is too large for memory waits."""
    return all(
        0 < size(place.in_effect("client_max_body_size")) <= size(place.in_effect("client_body_buffer_size"))
        and place.in_effect("client_body_in_single_buffer") == [("on",)]
        and _refuses_chunks(place)
        and place.in_effect("client_body_in_file_only") in ([], [("off",)])
        and place.in_effect("proxy_request_buffering") in ([], [("on",)])
        and place.in_effect("proxy_max_temp_file_size") == [("0",)]
        and place.in_effect("proxy_cache") in ([], [("off",)])
        and place.in_effect("proxy_store") in ([], [("off",)])
        for place in proxying(config)
    )


def _refuses_chunks(place: Block) -> bool:
    """A body in chunks fills its buffer with more than its bytes, and the rest goes to a file."""
    conditions = (place.around or place).named("if", "($http_transfer_encoding)")
    return [block.here("return") for block in conditions] == [[("411",)]]


def nginx_lets_the_service_say_what_is_too_much(config: Block) -> bool:
    """A post over the service's limit and below the proxy's gets the page in the reader's language."""
    return all(
        LARGEST_BODY * 3 // 2 <= size(place.in_effect("client_max_body_size")) <= LARGEST_DISCARDED
        for place in proxying(config)
    )


def nginx_writes_the_address_itself(config: Block) -> bool:
    """The service believes the last entry: it must be nginx's own. What it has no use for is left out."""
    for place in proxying(config):
        sent = dict(words for words in place.in_effect("proxy_set_header") if len(words) == 2)
        if sent.get("X-Forwarded-For") not in ("$remote_addr", "$proxy_add_x_forwarded_for"):
            return False
        if (
            any(sent.get(name) != "" for name in ("User-Agent", "Referer", "Cookie"))
            or sent.get("Host") != "$host"
        ):
            return False
    return True


def nginx_serves_https_under_one_name(config: Block) -> bool:
    """Plain HTTP only leads to HTTPS; every other name, and none, gets nothing."""
    servers = config.named("server")
    for server in servers:
        ports = {words[0].rpartition(":")[2]: words[1:] for words in server.here("listen")}
        names = server.here("server_name")
        catches_all = all("default_server" in words for words in server.here("listen"))
        hands_on = [place for place in server.walk() if place.here("proxy_pass")]
        if hands_on and (set(ports) != {"443"} or "ssl" not in ports["443"] or names != [(HOST,)]):
            return False
        if catches_all != (names == [("_",)]) or (catches_all and server.here("return") != [("444",)]):
            return False
        # 302, 307: a permanent redirect would stay in the phone's cache.
        if "80" in ports and not catches_all and not _leads_to_https(server):
            return False
    caught = [words for server in servers for words in server.here("listen") if "default_server" in words]
    return {words[0].rpartition(":")[2] for words in caught} == {"80", "443"}


def _leads_to_https(server: Block) -> bool:
    """All but what the certificate's issuer asks for."""
    to = [("302", f"https://{HOST}$request_uri")]
    places = {block.name[-1]: block.here("return") for block in server.blocks}
    return places == {"/": to, "/.well-known/acme-challenge/": []}


def nginx_leaves_pages_as_they_are(config: Block) -> bool:
    """Of headers only HSTS is added, none hidden; nothing is compressed or kept."""
    changing = (
        "proxy_hide_header",
        "proxy_ignore_headers",
        "expires",
        "sub_filter",
        "more_set_headers",
        "etag",
    )
    added = [words for block in config.walk() for words in block.here("add_header")]
    return (
        [words[0] for words in added] == ["Strict-Transport-Security"]
        and added[0][-1] == "always"
        and all(place.in_effect("gzip") == [("off",)] for place in proxying(config))
        and not any(block.here(name) for block in config.walk() for name in changing)
    )


def nginx_knows_nobody_again(config: Block) -> bool:
    """No session of TLS is resumed: a ticket is handed back like a cookie."""
    secure = [one for one in config.named("server") if any("ssl" in words for words in one.here("listen"))]
    return bool(secure) and all(
        one.in_effect("ssl_session_tickets") == [("off",)]
        and one.in_effect("ssl_session_cache") == [("off",)]
        for one in secure
    )


def caddy_logs_nothing(config: Block) -> bool:
    """No access log; what fails in a request is logged by default, with address and headers, below "http"."""
    logs = config.named("log")
    return (
        [log.name for log in logs] == [("log", "default")]
        and logs[0].around is config.blocks[0]
        and logs[0].here("exclude") == [("http",)]
        and logs[0].here("level") in ([], [("INFO",)], [("WARN",)], [("ERROR",)])
        and not any(block.here("log") or block.here("debug") for block in config.walk())
        and config.blocks[0].here("admin") == [("off",)]
    )


def caddy_limits_what_the_service_reads(config: Block) -> bool:
    """Caddy has no files for bodies; the limit is what the service reads at most of too long a post."""
    limits = config.named("request_body")
    return len(limits) == 1 and LARGEST_BODY < size(limits[0].here("max_size")) <= LARGEST_DISCARDED


def caddy_writes_the_address_itself(config: Block) -> bool:
    """Without trusted proxies it throws away what a client sent; nothing here may bring it back."""
    (proxy,) = config.named("reverse_proxy")
    left_out = {words[0] for words in proxy.here("header_up")}
    trusting = any(block.here("trusted_proxies") or block.named("trusted_proxies") for block in config.walk())
    return not trusting and left_out == {"-User-Agent", "-Referer", "-Cookie"}


def caddy_serves_https_under_one_name(config: Block) -> bool:
    """The same as above; pages are left as they are but for HSTS."""
    plain, secure = (config.named(name) for name in (f"http://{HOST}", HOST))
    return (
        [block.name for block in config.blocks] == [(), (f"http://{HOST}",), (HOST,)]
        and plain[0].directives == [("redir", f"https://{HOST}{{uri}}", "302")]
        and [words[0] for words in secure[0].here("header")] == ["Strict-Transport-Security"]
        and not any(block.here("encode") or block.here("cache") for block in config.walk())
    )


NGINX_CHECKS: dict[Callable[[Block], bool], list[tuple[str, str]]] = {
    nginx_logs_nothing: [
        ("access_log off;\nerror_log", "access_log /var/log/a.log;\nerror_log"),
        ("    location / {", "    location / { access_log /var/log/a.log;"),
        (
            "    error_log /dev/null emerg;\n    ssl_reject",
            "    error_log /var/log/e.log crit;\n    ssl_reject",
        ),
        ("    gzip off;", "    gzip off; error_log stderr;"),
    ],
    nginx_writes_no_file: [
        ("client_max_body_size 128k", "client_max_body_size 129k"),
        ("client_max_body_size 128k", "client_max_body_size 0"),
        ("client_body_buffer_size 128k;", ""),
        ("return 411;", ""),
        ("    location / {", "    location / { client_body_buffer_size 16k;"),
        ("proxy_max_temp_file_size 0;", ""),
        ("client_body_in_file_only off", "client_body_in_file_only clean"),
        ("proxy_cache off", "proxy_cache pages"),
    ],
    nginx_lets_the_service_say_what_is_too_much: [("client_max_body_size 128k", "client_max_body_size 64k")],
    nginx_writes_the_address_itself: [
        ("$remote_addr", "$http_x_forwarded_for"),
        ("proxy_set_header X-Forwarded-For $remote_addr;", ""),
        ('proxy_set_header Cookie "";', ""),
        # Headers are inherited only where a block sets none itself.
        (
            "proxy_cache off;",
            "proxy_cache off; limit_except GET { proxy_pass http://feedback; proxy_set_header A b; }",
        ),
    ],
    nginx_serves_https_under_one_name: [
        ("return 444;", ""),
        ("return 302 https", "return 301 https"),
        ("return 302 https://feedback.example$request_uri;", "proxy_pass http://feedback;"),
        (
            "server_name feedback.example;\n    server_tokens",
            "server_name tuebingen.example;\n    server_tokens",
        ),
        ("listen 443 ssl default_server;\n    listen [::]:443 ssl default_server;", ""),
        ("listen 443 ssl;\n", "listen 8080;\n"),
    ],
    nginx_leaves_pages_as_they_are: [
        (" always;", ";"),
        ("gzip off;", "gzip on;"),
        ("proxy_store off;", "proxy_hide_header Cache-Control;"),
        ("proxy_store off;", "expires 1h;"),
    ],
    nginx_knows_nobody_again: [("ssl_session_tickets off;\n    ssl_protocols", "ssl_protocols")],
}
CADDY_CHECKS: dict[Callable[[Block], bool], list[tuple[str, str]]] = {
    caddy_logs_nothing: [
        ("admin off", ""),
        ("exclude http", ""),
        ("level INFO", "level DEBUG"),
        ("\treverse_proxy", "\tlog\n\treverse_proxy"),
        ("\treverse_proxy", "\tlog {\n\t}\n\treverse_proxy"),
    ],
    caddy_limits_what_the_service_reads: [
        ("max_size 1MiB", "max_size 10MB"),
        ("max_size 1MiB", "max_size 64KiB"),
    ],
    caddy_writes_the_address_itself: [
        ("header_up -Cookie", "trusted_proxies private_ranges"),
        ("header_up -Cookie", "header_up X-Forwarded-For {header.X-Real-IP}"),
    ],
    caddy_serves_https_under_one_name: [
        (" 302\n", " permanent\n"),
        ("\nfeedback.example {", "\ntuebingen.example {"),
        ("\treverse_proxy", "\tencode gzip\n\treverse_proxy"),
    ],
}
CHECKS = [(read_nginx, NGINX, check, broken) for check, broken in NGINX_CHECKS.items()] + [
    (read_caddy, CADDY, check, broken) for check, broken in CADDY_CHECKS.items()
]


@pytest.mark.parametrize(
    ("read", "text", "check", "broken"), CHECKS, ids=lambda one: getattr(one, "__name__", "")
)
def test_a_shipped_proxy_keeps_it_and_a_file_that_does_not_is_found(
    read: Callable[[str], Block],
    text: str,
    check: Callable[[Block], bool],
    broken: list[tuple[str, str]],
) -> None:
    assert check(read(text))
    for old, new in broken:
        assert old in text, old
        assert not check(read(text.replace(old, new))), new


def test_both_hand_on_to_where_the_web_process_listens() -> None:
    nginx = read_nginx(NGINX)
    upstreams = {block.name[1]: block.here("server") for block in nginx.named("upstream")}
    assert [
        upstreams[place.here("proxy_pass")[0][0].removeprefix("http://")] for place in proxying(nginx)
    ] == [[(SERVICE,)]]
    (proxy,) = read_caddy(CADDY).named("reverse_proxy")
    assert proxy.name == ("reverse_proxy", SERVICE)
