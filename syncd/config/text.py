"""YAML as plain values with the line and column of every key: what pydantic cannot tell and people need.

Strict on purpose (threat T13): no anchors, aliases, merge keys or tags, no key twice, 64 KiB at most, nesting bounded
before anything recursive looks at it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from syncd.errors import ConfigError

MAX_BYTES = 64 * 1024
_MAX_DEPTH = 32
_MERGE = "tag:yaml.org,2002:merge"

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A configuration file as read: its values, and where each key (or list item) stands, counted from 1."""

    name: str
    values: Mapping[str, Any]
    places: Mapping[Path, tuple[int, int]] = field(default_factory=dict)

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column of the key, or of the nearest one around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (0, 0))


def parse(content: bytes, name: str) -> Source:
    """The source. Raises :class:`~syncd.errors.ConfigError` with file, line and column; never echoes a value."""
    if len(content) > MAX_BYTES:
        raise ConfigError("larger than 64 KiB", file=name, hint="a configuration is a page or two")
    root = _compose(content, name)
    if root is None:
        return Source(name, {})
    if not isinstance(root, yaml.MappingNode):
        raise _refusal(name, root.start_mark, "expected keys and values, as in `state: .syncd/state.db`")
    places: dict[Path, tuple[int, int]] = {}
    return Source(name, _Reader(name, places).mapping(root, ()), places)


def _compose(content: bytes, name: str) -> yaml.Node | None:
    try:
        text = content.decode("utf-8-sig")
        _check(text, name)
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        refusal = ConfigError("not UTF-8", file=name, hint="save it as UTF-8")
    except yaml.MarkedYAMLError as error:
        refusal = _refusal(name, error.problem_mark or error.context_mark, error.problem or "not YAML")
    except yaml.YAMLError:
        refusal = ConfigError("not YAML: a character that is not allowed", file=name)
    # Outside of the except: the causes quote the line, and a secret may stand in it.
    raise refusal


def _check(text: str, name: str) -> None:
    """Walks the events, which is not recursive, before anything that is."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if getattr(event, "anchor", None):
            raise _refusal(name, event.start_mark, "anchors and aliases (`&`, `*`) are not read")
        if getattr(event, "tag", None):
            raise _refusal(name, event.start_mark, "tags (`!`) are not read")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise _refusal(name, event.start_mark, "nested too deeply")


def _refusal(name: str, mark: Any, message: str) -> ConfigError:
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    return ConfigError(message, file=name, line=line, column=column)


class _Reader:
    """Nodes to values; notes the place of each on the way."""

    def __init__(self, name: str, places: dict[Path, tuple[int, int]]) -> None:
        self._name = name
        self._places = places
        self._scalars = yaml.SafeLoader("")

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        """Keys as they are spelled (`no` is a word there), each once."""
        return dict(self._entries(node, path))

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE:
                raise _refusal(self._name, key.start_mark, "expected a plain key")
            here = (*path, key.value)
            if here in self._places:
                raise _refusal(
                    self._name, key.start_mark, f"{'.'.join(map(str, here))}: the key is here twice"
                )
            self._note(here, key)
            yield key.value, self._value(value, here)

    def _value(self, node: yaml.Node, path: Path) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self._note((*path, index), item)
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        try:
            return self._scalars.construct_object(node)
        except (ValueError, OverflowError):  # a date such as 2026-13-45
            refusal = _refusal(self._name, node.start_mark, "not a value that YAML knows: put it in quotes")
        raise refusal

    def _note(self, path: Path, node: yaml.Node) -> None:
        self._places[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
