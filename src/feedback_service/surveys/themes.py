"""What a comment can be about: the problems that its survey asks for, so that both are read side by side."""

from __future__ import annotations

from .questionnaire import Questionnaire

# The question for the most pressing problems, in both standing surveys.
MOST_PRESSING = "pressing"


def themes_of(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The names of a survey's themes, in its order; none where it doesn't ask for problems."""
    question = questionnaire.question(MOST_PRESSING)
    return question.choice_names if question else ()


def theme_labels(questionnaire: Questionnaire, language: str) -> dict[str, str]:
    """The same by name, as the reader's language calls them."""
    question = questionnaire.question(MOST_PRESSING)
    known = questionnaire.language_or_source(language)
    return {choice.name: choice.label[known] for choice in question.choices} if question else {}
