"""Byte-range replacement: the only way in which a roadmap ever changes (reading-roadmaps §8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from syncd.model.changes import Edit


def splice(data: bytes, edits: Sequence[Edit]) -> bytes:
    """``data`` with every edit applied; offsets are those of ``data``. No edits: the same object.

    The order of the edits does not matter, except that two insertions at one place stand in the order given.
    Raises ValueError for an edit outside ``data`` and for edits that overlap.
    """
    if not edits:
        return data
    parts: list[bytes] = []
    at = 0
    for edit in in_order(edits):
        if not at <= edit.start <= edit.end <= len(data):
            raise ValueError(f"edit {edit.start}..{edit.end} overlaps another, or leaves the file")
        parts += (data[at : edit.start], edit.text)
        at = edit.end
    parts.append(data[at:])
    return b"".join(parts)


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    """The edits from front to end, insertions before a replacement that starts at the same place."""
    return sorted(edits, key=lambda edit: (edit.start, edit.end))


def overlap(one: Edit, other: Edit) -> bool:
    """Whether two edits cannot both be applied: they share a byte, or one inserts inside the other."""
    return one.start < other.end and other.start < one.end


def chained(first: Sequence[Edit], second: Sequence[Edit], size: int) -> list[Edit]:
    """The edits that do both: ``first`` on ``size`` bytes, then ``second`` on what ``first`` made of them."""
    pieces = _pieces(first, size)
    parts: list[bytes | tuple[int, int]] = []
    at = 0
    for edit in in_order(second):
        parts += [*_cut(pieces, at, edit.start), edit.text]
        at = edit.end
    parts += _cut(pieces, at, sum(_length(piece) for piece in pieces))
    return list(_as_edits(parts, size))


def _pieces(edits: Sequence[Edit], size: int) -> list[bytes | tuple[int, int]]:
    """What edits make of a file: new bytes, and ranges of the old that stay."""
    pieces: list[bytes | tuple[int, int]] = []
    at = 0
    for edit in in_order(edits):
        pieces += [(at, edit.start), edit.text]
        at = edit.end
    return [*pieces, (at, size)]


def _length(piece: bytes | tuple[int, int]) -> int:
    return len(piece) if isinstance(piece, bytes) else piece[1] - piece[0]


def _cut(
    pieces: Sequence[bytes | tuple[int, int]], start: int, end: int
) -> Iterator[bytes | tuple[int, int]]:
    """The part of the pieces that stands at ``start`` to ``end`` of what they make."""
    at = 0
    for piece in pieces:
        first, last = max(start - at, 0), min(end - at, _length(piece))
        if first < last:
            yield piece[first:last] if isinstance(piece, bytes) else (piece[0] + first, piece[0] + last)
        at += _length(piece)


def _as_edits(parts: Sequence[bytes | tuple[int, int]], size: int) -> Iterator[Edit]:
    at, text = 0, b""
    for part in (*parts, (size, size)):
        if isinstance(part, bytes):
            text += part
        else:
            if text or part[0] > at:
                yield Edit(at, part[0], text)
            at, text = part[1], b""


def narrowed(data: bytes, edit: Edit) -> Edit:
    """The same replacement without the bytes at its ends that stay as they are: the smallest diff.

    Never cuts a UTF-8 character in two, so that an edit can also be shown as text.
    """
    old, new = data[edit.start : edit.end], edit.text
    head = _common(old, new)
    while head and _inside_character(old, head, new):
        head -= 1
    tail = _common(old[head:][::-1], new[head:][::-1])
    while tail and _inside_character(old, len(old) - tail, new, len(new) - tail):
        tail -= 1
    return Edit(edit.start + head, edit.end - tail, new[head : len(new) - tail])


def _common(one: bytes, other: bytes) -> int:
    length = min(len(one), len(other))
    return next((index for index in range(length) if one[index] != other[index]), length)


def _inside_character(old: bytes, old_at: int, new: bytes, new_at: int | None = None) -> bool:
    places = ((old, old_at), (new, old_at if new_at is None else new_at))
    return any(at < len(data) and data[at] & 0xC0 == 0x80 for data, at in places)
