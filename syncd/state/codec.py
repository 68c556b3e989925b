"""Model values as JSON text and back, by their type hints: one codec for all of them.

Encoding is canonical (sorted keys, sorted sets, ASCII), so that equal values are equal texts and need no write.
ASCII also carries the lone surrogates of a roadmap that is not quite UTF-8 (reading-roadmaps §1).
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, Literal, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from syncd.errors import StateError

T = TypeVar("T")
_Decoder = Callable[[Any], Any]


def encode(value: object) -> str:
    """Any value of the model as canonical JSON text."""
    return json.dumps(value, default=_plain, sort_keys=True, separators=(",", ":"))


def decode(kind: type[T], text: str) -> T:
    """The value again. Raises :class:`~syncd.errors.StateError` where the text is not one of this version."""
    try:
        value: T = _decoder_of(kind)(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StateError(
            f"the state holds a {kind.__name__} that this version of syncd cannot read",
            hint="use the version of syncd that wrote it, or restore a backup with `syncd state restore`",
        ) from error
    return value


def moment(when: datetime) -> str:
    """An aware time as text that sorts by time."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def tuples(value: Any) -> Any:
    """JSON lists as tuples, all the way down: the form of :data:`syncd.model.values.Value`."""
    return tuple(tuples(item) for item in value) if isinstance(value, list) else value


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"no JSON form for {type(value).__name__}")


def _same(value: Any) -> Any:
    return value


def _decoder_of(kind: Any) -> _Decoder:
    return _decoder(kind)


@cache
def _decoder(hint: Any) -> _Decoder:
    """How JSON becomes a value of this type; made once per type, for states hold tens of thousands of rows."""
    if isinstance(hint, NewType):
        return _decoder(hint.__supertype__)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if origin is tuple:
        return _tuple(arguments)
    if origin is frozenset:
        item = _decoder(arguments[0])
        return lambda value: frozenset(map(item, value))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        key, entry = map(_decoder, arguments)
        return lambda value: {key(name): entry(one) for name, one in value.items()}
    return _same if origin is Literal else _plain_decoder(hint)


def _plain_decoder(hint: Any) -> _Decoder:
    if hint is datetime:
        return datetime.fromisoformat
    if hint is date:
        return date.fromisoformat
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if isinstance(hint, type) and issubclass(hint, tuple):
        return lambda value: hint(*value)  # a named tuple, Ref
    return _record(hint) if is_dataclass(hint) else _same


def _union(arguments: tuple[Any, ...]) -> _Decoder:
    kinds = [argument for argument in arguments if argument is not type(None)]
    if len(kinds) > 1:  # Value: JSON-native already, but for its tuples
        return tuples
    inner = _decoder(kinds[0])
    return lambda value: None if value is None else inner(value)


def _tuple(arguments: tuple[Any, ...]) -> _Decoder:
    decoders = [_decoder(argument) for argument in arguments if argument is not ...]
    if arguments[-1] is not ...:
        return lambda value: tuple(one(item) for one, item in zip(decoders, value, strict=True))
    if decoders[0] is _same:
        return tuple
    return lambda value: tuple(map(decoders[0], value))


def _record(kind: Any) -> _Decoder:
    hints = get_type_hints(kind)
    decoders = {field.name: _decoder(hints[field.name]) for field in fields(kind)}
    special = {name: one for name, one in decoders.items() if one is not _same}

    def read(value: dict[str, Any]) -> Any:
        # A key that this version does not know is a TypeError here, and so is one that is missing without a default.
        return kind(**{name: special[name](one) if name in special else one for name, one in value.items()})

    return read
