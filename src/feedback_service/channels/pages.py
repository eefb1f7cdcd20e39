"""Renders pages: templates, the reader's language, and the headers under which a phone keeps nothing.

Everything is inlined, so that a page is one request; style and script are allowed by their hash alone.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from ..errors import FeedbackError
from ..i18n import LANGUAGES, Interface, isolated, preferred_first
from ..settings import Settings


@dataclass(frozen=True, slots=True)
class Assets:
    """The inlined style and script with the content security policy that allows just them."""

    style: Markup
    script: Markup
    sealing: Markup
    policy: str

    @classmethod
    def load(cls) -> Assets:
        """Read both from the templates folder."""
        folder = resources.files(__package__).joinpath("templates")
        style = folder.joinpath("style.css").read_text("utf-8")
        script = _bare(folder.joinpath("page.js").read_text("utf-8"))
        sealing = _bare(folder.joinpath("seal.js").read_text("utf-8"))
        policy = (
            f"default-src 'none'; style-src '{_hash(style)}';"
            f" script-src '{_hash(script)}' '{_hash(sealing)}'; img-src 'self' data:; media-src 'self';"
            " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        # Our own files, not anybody's input; escaping would change them and break the hash.
        return cls(Markup(style), Markup(script), Markup(sealing), policy)  # noqa: S704


def _bare(script: str) -> str:
    """A script without its comments and indentation, which nobody's connection should carry."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


class Pages:
    """Makes responses from templates; one a process."""

    def __init__(self, interfaces: Mapping[str, Interface], settings: Settings) -> None:
        self.interfaces = interfaces
        self._settings = settings
        self._assets = Assets.load()
        self._templates = Environment(
            loader=PackageLoader("feedback_service.channels"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(
            style=self._assets.style,
            script=self._assets.script,
            sealing=self._assets.sealing,
            settings=settings,
            bdi=isolated,
            all_languages=LANGUAGES,
            offered=[LANGUAGES[code] for code in interfaces],
            public_url=settings.public_url.rstrip("/"),
        )

    @property
    def policy(self) -> str:
        """The content security policy of every page."""
        return self._assets.policy

    def language_of(self, request: Request) -> str:
        """The language in the address, else the browser's preferred one, else German."""
        code = request.path_params.get("lang") or request.url.path.split("/")[1]
        if code in self.interfaces:
            return code
        return self.preferred(request)[0]

    def preferred(self, request: Request) -> list[str]:
        """All languages, the browser's preferred ones first."""
        return preferred_first(request.headers.get("accept-language", ""), self.interfaces)

    def page(
        self,
        template: str,
        code: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **shown: Any,
    ) -> HTMLResponse:
        """A page in the language `code`."""
        interface = self.interfaces[code]
        content = self._templates.get_template(template).render(
            _=interface.text,
            counted=interface.counted,
            number=interface.number,
            language=interface.language,
            **shown,
        )
        return HTMLResponse(content, status, headers)

    def error(self, request: Request, error: FeedbackError) -> HTMLResponse:
        """A page that says what went wrong, in the reader's language."""
        code = self.language_of(request)
        sentence = self.interfaces[code].error(error)
        return self.page("error.html", code, error.status, sentence=sentence)
