"""A digest as the HTML of a mail: page one, and where the rest is. Nothing remote, styles in the elements.

Mail programs know little of HTML: tables for what stands side by side, no drawing, no script. The PDF that is
attached has everything.
"""

from __future__ import annotations

import css_inline

from ..i18n import Interface
from ..reports.model import Digest
from .digest_words import digest_words
from .html import rendered


def digest_mail_html(digest: Digest, interface: Interface, public_url: str) -> str:
    """One document, the same for all its recipients. `public_url` is where the results are."""
    words = digest_words(digest, interface)
    document = rendered(
        "mail.html",
        interface,
        digest=words,
        addresses=zip(
            (part.title for part in words.parts), result_addresses(digest, public_url), strict=True
        ),
    )
    inliner = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)
    return inliner.inline(str(document))


def result_addresses(digest: Digest, public_url: str) -> list[str]:
    """The address of each survey's page about this region; `.csv` and others stand beside it."""
    results = f"{public_url}/{digest.language}/results"
    return [f"{results}/{part.own.survey}/{digest.round}/{digest.region}" for part in digest.parts]
