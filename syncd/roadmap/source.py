"""A roadmap's bytes: text, lines with their own endings, and how the file spells things (reading-roadmaps §1).

Offsets are *byte* offsets into the file as it is, a BOM included, unless a name says ``text``. Lines count from 1.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Final

from syncd.errors import RoadmapError
from syncd.model.outline import Spelling
from syncd.roadmap import spelling

BOM: Final = b"\xef\xbb\xbf"
# Only these three: str.splitlines() also splits at form feed, NEL and U+2028, which stand *inside* lines here.
_ENDING: Final = re.compile(rb"\r\n|\n|\r")
_TEXT_ENDING: Final = re.compile(r"\r\n|\n|\r")
_FOREIGN_BOMS: Final = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_with_ending: Final = (1).__add__  # the length of a line with its line feed
_CONFLICT_OPEN: Final = re.compile(rb"^<{7} [^\r\n]", re.MULTILINE)
_CONFLICT_MIDDLE: Final = re.compile(rb"^={7}\r?$", re.MULTILINE)
_CONFLICT_CLOSE: Final = re.compile(rb"^>{7} [^\r\n]", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """The roadmap as it was read: nothing in it is ever normalised.

    ``text`` is the content without BOM, decoded from UTF-8 with ``surrogateescape``; ``starts`` are the byte offsets
    of the lines.
    """

    path: str
    data: bytes
    text: str
    starts: tuple[int, ...]
    spelling: Spelling

    @classmethod
    def of(cls, data: bytes, path: str) -> Source:
        """Read bytes; raises :class:`RoadmapError` for other encodings, binary files and merge conflicts."""
        _refuse_foreign(data, path)
        bom = len(BOM) if data.startswith(BOM) else 0
        starts = _starts(data, bom)
        _refuse_conflict(data, path, starts)
        text = data[bom:].decode("utf-8", "surrogateescape")
        return cls(path, data, text, starts, _spelling(data, text))

    @cached_property
    def text_starts(self) -> tuple[int, ...]:
        """The offsets of the lines in ``text``: few ask, and they take time."""
        # Same line ends in both, so the line numbers agree; of ASCII content without a BOM even the offsets do.
        return self.starts if len(self.text) == len(self.data) else _text_starts(self.text)

    @property
    def lines(self) -> int:
        """How many lines there are; a file that ends with a line ending has no further, empty line."""
        return len(self.starts) - (self.starts[-1] == len(self.data))

    def line_of(self, offset: int) -> int:
        """The line, from 1, on which a byte stands."""
        return bisect_right(self.starts, offset) or 1

    def line_start(self, offset: int) -> int:
        """The first byte of the line on which a byte stands."""
        return self.starts[self.line_of(offset) - 1]

    def line_end(self, offset: int) -> int:
        """The end of the line on which a byte stands, without its line ending."""
        start, end = self.line_start(offset), self.next_line(offset)
        return end - len(_trailing(self.data[max(start, end - 2) : end]))

    def next_line(self, offset: int) -> int:
        """The first byte of the next line, or the end of the file."""
        line = self.line_of(offset)
        return self.starts[line] if line < len(self.starts) else len(self.data)

    def ending(self, offset: int) -> bytes:
        """The line ending of the line on which a byte stands; empty for a last line without one."""
        return self.data[self.line_end(offset) : self.next_line(offset)]

    def raw(self, start: int, end: int) -> str:
        """Bytes as text, as the file spells it."""
        return self.data[start:end].decode("utf-8", "surrogateescape")

    def slice(self, start: int, end: int) -> str:
        """Bytes as the text that was meant."""
        return self.meant(self.raw(start, end))

    def text_offset(self, offset: int) -> int:
        """The offset in ``text`` of a byte."""
        line = self.line_of(offset) - 1
        return self.text_starts[line] + len(self.raw(self.starts[line], offset))

    def byte_offset(self, text_offset: int) -> int:
        """The byte at an offset of ``text``."""
        line = max(bisect_right(self.text_starts, text_offset), 1) - 1
        return self.starts[line] + len(_encoded(self.text[self.text_starts[line] : text_offset]))

    def meant(self, text: str) -> str:
        """The text that was meant by a text of this file (mojibake repaired). Used for every decision and
        every forge.
        """
        codec = self.spelling.mojibake
        return text if codec is None or text.isascii() else spelling.meant(text, codec)

    def spelled(self, text: str) -> bytes:
        """A text as this file spells it: ``✅`` becomes ``‚úÖ`` in a file that spells it so."""
        codec = self.spelling.mojibake
        return _encoded(text if codec is None or text.isascii() else spelling.damaged(text, codec))


def _starts(data: bytes, first: int) -> tuple[int, ...]:
    if b"\r" in data:
        return (first, *(found.end() for found in _ENDING.finditer(data, first)))
    lines = data[first:].split(b"\n")
    lines.pop()
    return tuple(accumulate(map(_with_ending, map(len, lines)), initial=first))


def _text_starts(text: str) -> tuple[int, ...]:
    if "\r" in text:
        return (0, *(found.end() for found in _TEXT_ENDING.finditer(text)))
    lines = text.split("\n")
    lines.pop()
    return tuple(accumulate(map(_with_ending, map(len, lines)), initial=0))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _trailing(end: bytes) -> bytes:
    if end.endswith(b"\r\n"):
        return b"\r\n"
    return end[-1:] if end[-1:] in (b"\n", b"\r") else b""


def _spelling(data: bytes, text: str) -> Spelling:
    crlf = data.count(b"\r\n")
    kinds = {"crlf": crlf, "lf": data.count(b"\n") - crlf, "cr": data.count(b"\r") - crlf}
    used = [name for name, count in kinds.items() if count]
    return Spelling(
        bom=data.startswith(BOM),
        eol="mixed" if len(used) > 1 else used[0] if used else "lf",
        mojibake=None if text.isascii() else spelling.vote(data.removeprefix(BOM)),
        final_newline=data.endswith((b"\n", b"\r")),
    )


def _refuse_foreign(data: bytes, path: str) -> None:
    """Other encodings are named and never rewritten (§1)."""
    encoding = next((name for bom, name in _FOREIGN_BOMS if data.startswith(bom)), None)
    nul = data.find(b"\0")
    if encoding is None and nul >= 0:
        sample = data[:4096]
        wide = max(sample[::2].count(0), sample[1::2].count(0)) * 4 > len(sample)
        encoding = "UTF-16" if wide else None
    if encoding:
        raise RoadmapError(
            f"the file is {encoding}, not UTF-8",
            path=path,
            line=1,
            hint="save it as UTF-8; syncd never converts a file",
        )
    if nul >= 0:
        line = len(_ENDING.findall(data, 0, nul)) + 1
        raise RoadmapError(
            "binary data (a NUL byte)", path=path, line=line, hint="a roadmap is a UTF-8 text file"
        )


def _refuse_conflict(data: bytes, path: str, starts: tuple[int, ...]) -> None:
    """A file in the middle of a merge says two things at once. A lone ``=======`` underlines a heading."""
    found = _CONFLICT_OPEN.search(data) if b"<<<<<<< " in data else None
    if found is None and b">>>>>>> " in data and _CONFLICT_MIDDLE.search(data):
        found = _CONFLICT_CLOSE.search(data)
    if found is not None:
        line = bisect_right(starts, found.start())
        raise RoadmapError(
            "merge conflict markers", path=path, line=line, hint="finish the merge, then run again"
        )
