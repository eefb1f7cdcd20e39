"""What reports are built from: a published release beside the questionnaire that it was asked with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..surveys.questionnaire import Questionnaire


@dataclass(frozen=True, slots=True)
class Source:
    """A release and the questionnaire that it was asked with."""

    release: Mapping[str, Any]
    questionnaire: Questionnaire


def rows_by_class(release: Mapping[str, Any], region: str) -> dict[str, Any]:
    """A region's rows of the release's own round alone, by class."""
    found = (row for row in release["rows"] if row["region"] == region)
    return {row["class"]: row for row in found if row["window"] == [release["round"]]}
