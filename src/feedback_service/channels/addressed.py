"""What an address means: the language in it, and the form that its last word names."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request

from ..errors import N_, FeedbackError
from ..intake.open_rounds import Asked, OpenSurvey
from .pages import Pages


class NothingOpen(FeedbackError):
    """No round of this form is open now."""

    status = 410
    code = "nothing-open"
    message = N_("This form is not open at the moment. Please come back in the next quarter.")


def language_code(pages: Pages, request: Request) -> str:
    """The language in the address; a page that there isn't where it is none of ours."""
    code = str(request.path_params["lang"])
    if code not in pages.interfaces:
        raise HTTPException(404)
    return code


def shown_at(asked: Asked, request: Request) -> OpenSurvey:
    """The open survey that is shown at the address. Raises `NothingOpen`."""
    slug = request.path_params["slug"]
    survey = asked.by_slug.get(slug)
    if survey is None:
        raise NothingOpen if slug in asked.slugs else HTTPException(404)
    return survey


def sent_to(asked: Asked, request: Request) -> OpenSurvey:
    """The same for what is sent: a new version may have another address than a form in its grace."""
    slug = request.path_params["slug"]
    ending = next((one for one in asked.ending if one.questionnaire.slug == slug), None)
    return ending if ending and slug not in asked.by_slug else shown_at(asked, request)
