"""Rules as other tools write them: groups' conditions put together, the highest number of picks taken out."""

from __future__ import annotations

import re

_PICKS = r"count-selected\(\s*\.\s*\)\s*(<=?)\s*(\d)"
_ONLY_PICKS = re.compile(rf"\s*{_PICKS}\s*\Z")
_RULE_AND_PICKS = re.compile(rf"\s*\((.*)\) and {_PICKS}\s*\Z", re.S)


def joined(*rules: str) -> str:
    """One rule that holds where all of them do; empty ones say nothing."""
    said = [rule for rule in rules if rule]
    return said[0] if len(said) == 1 else " and ".join(f"({rule})" for rule in said)


def without_picks(constraint: str, kind: str) -> dict[str, str]:
    """A question's `constraint` and `max` from a rule that may hold both."""
    found = _ONLY_PICKS.match(constraint) or _RULE_AND_PICKS.match(constraint)
    if kind != "select_multiple" or found is None or not _whole(found):
        return {"constraint": constraint} if constraint else {}
    sign, number = found.groups()[-2:]
    most = {"max": str(int(number) - (sign == "<"))}
    return {"constraint": found[1], **most} if found.re is _RULE_AND_PICKS else most


def _whole(found: re.Match[str]) -> bool:
    """Whether the brackets around the rule before it are one pair: `(a) or (b)` would be cut in two."""
    if found.re is _ONLY_PICKS:
        return True
    depth = 0
    for sign in re.sub(r"'[^']*'|\"[^\"]*\"", "", found[1]):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0
