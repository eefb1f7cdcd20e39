"""The expressions of `relevant` and `constraint`: the part of XLSForm's language that surveys here use.

Grammar, loosest first: `or`, `and`, comparison (`= != < <= > >=`), then a value: `${question}`, `.`
(the answer being checked), a quoted text, a number, `not(…)`, `selected(value, 'choice')`,
`count-selected(value)`, `string-length(value)`, or an expression in brackets. Anything else is refused
when the survey is read, never when somebody answers.

Source: https://xlsform.org (relevant, constraint) and the XPath subset of the ODK XForms specification.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..errors import FeedbackError

Scope = Mapping[str, "str | list[str]"]
Value = str | float | bool
_Evaluate = Callable[[Scope], Value]

_TOKEN = re.compile(
    r"\s*(?:(?P<ref>\$\{[A-Za-z_][A-Za-z0-9_]*\})|(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<sign><=|>=|!=|[=<>(),.])|(?P<word>[a-z]+(?:-[a-z]+)*))"
)
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARGUMENTS = {"not": 1, "selected": 2, "count-selected": 1, "string-length": 1}
SELF = "."
# Brackets and functions in one expression; more than anybody reads.
_DEEPEST = 100


class InvalidExpression(FeedbackError):
    """A `relevant` or `constraint` that can't be read."""

    status = 422
    code = "expression-invalid"
    message = "The expression “%(expression)s” can't be read: %(reason)s."


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression; `names` are the questions that it refers to (`.` for the answer itself)."""

    source: str
    names: frozenset[str]
    _evaluate: _Evaluate

    def holds(self, scope: Scope) -> bool:
        """Whether it is true for the answers in `scope` (a question without an answer is empty)."""
        return _truth(self._evaluate(scope))


def parse(source: str) -> Expression:
    """Read an expression. Raises `InvalidExpression`."""
    parser = _Parser(source)
    evaluate = parser.either()
    if parser.peek() is not None:
        raise parser.error(f"“{parser.peek()}” is not expected there")
    return Expression(source, frozenset(parser.names), evaluate)


def _truth(value: Value) -> bool:
    return bool(value)


def _number(value: Value) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _text(value: Value) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return _truth(left) == _truth(right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return _number(left) is not None and _number(left) == _number(right)


def _ordered(sign: str, left: Value, right: Value) -> bool:
    one, two = _number(left), _number(right)
    return one is not None and two is not None and _COMPARE[sign](one, two)


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.names: set[str] = set()
        self._tokens = self._split(source)
        self._at = 0
        self._depth = 0

    def error(self, reason: str) -> InvalidExpression:
        return InvalidExpression(expression=self.source, reason=reason)

    def _split(self, source: str) -> list[str]:
        tokens, at = [], 0
        while source[at:].strip():
            found = _TOKEN.match(source, at)
            if not found:
                raise self.error(f"“{source[at:].strip()[:10]}” is not known")
            tokens.append(found.group(0).strip())
            at = found.end()
        return tokens

    def peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self) -> str:
        token = self.peek()
        if token is None:
            raise self.error("it ends too early")
        self._at += 1
        return token

    def _expect(self, sign: str) -> None:
        if self._next() != sign:
            raise self.error(f"“{sign}” is missing")

    def either(self) -> _Evaluate:
        parts = [self._all()]
        while self.peek() == "or":
            self._next()
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else lambda scope: any(_truth(part(scope)) for part in parts)

    def _all(self) -> _Evaluate:
        parts = [self._comparison()]
        while self.peek() == "and":
            self._next()
            parts.append(self._comparison())
        return parts[0] if len(parts) == 1 else lambda scope: all(_truth(part(scope)) for part in parts)

    def _comparison(self) -> _Evaluate:
        left = self._value()
        sign = self.peek()
        if sign in ("=", "!="):
            self._next()
            right = self._value()
            wanted = sign == "="
            return lambda scope: _equal(left(scope), right(scope)) is wanted
        if sign in _COMPARE:
            order = self._next()
            right = self._value()
            return lambda scope: _ordered(order, left(scope), right(scope))
        return left

    def _value(self) -> _Evaluate:
        part = self._next()
        self._depth += part in ("(", *_ARGUMENTS)
        if self._depth > _DEEPEST:
            raise self.error("it has too many brackets")
        if part == "(":
            inner = self.either()
            self._expect(")")
            return inner
        if part == SELF or part.startswith("${"):
            return self._reference(SELF if part == SELF else part[2:-1])
        if part[0] in "'\"":
            return lambda _scope: part[1:-1]
        if part[0].isdigit():
            return lambda _scope: float(part)
        return self._call(part)

    def _reference(self, name: str) -> _Evaluate:
        self.names.add(name)

        def value(scope: Scope) -> Value:
            answer = scope.get(name, "")
            return answer if isinstance(answer, str) else " ".join(answer)

        return value

    def _call(self, name: str) -> _Evaluate:
        if name not in _ARGUMENTS:
            raise self.error(f"“{name}” is not known")
        self._expect("(")
        arguments = [self.either()]
        while self.peek() == ",":
            self._next()
            arguments.append(self.either())
        self._expect(")")
        if len(arguments) != _ARGUMENTS[name]:
            raise self.error(f"“{name}” takes {_ARGUMENTS[name]} values")
        return _function(name, arguments)


def _function(name: str, arguments: list[_Evaluate]) -> _Evaluate:
    first = arguments[0]
    if name == "not":
        return lambda scope: not _truth(first(scope))
    if name == "selected":
        return lambda scope: _text(arguments[1](scope)) in _text(first(scope)).split()
    if name == "count-selected":
        return lambda scope: float(len(_text(first(scope)).split()))
    return lambda scope: float(len(_text(first(scope))))
