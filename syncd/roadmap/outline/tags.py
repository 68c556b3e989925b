"""HTML in a line of text: elements say how it looks, anything else in angle brackets is what the author wrote."""

from __future__ import annotations

import re
from typing import Final

from syncd.roadmap.outline.words import set_of

_BREAK: Final = re.compile(r"<br\s*/?\s*>", re.IGNORECASE)
_NAME: Final = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_ELEMENTS: Final = set_of(
    "a|abbr|acronym|address|applet|area|article|aside|audio|b|base|basefont|bdi|bdo|big|blink|blockquote|body"
    "|br|button|canvas|caption|center|cite|code|col|colgroup|data|datalist|dd|del|details|dfn|dialog|dir|div"
    "|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|frame|frameset|g|h1|h2|h3|h4|h5|h6|head"
    "|header|hgroup|hr|html|i|iframe|image|img|input|ins|kbd|label|legend|li|link|main|map|mark|marquee|math"
    "|menu|meta|meter|nav|nobr|noframes|noscript|object|ol|optgroup|option|output|p|param|path|picture"
    "|plaintext|pre|progress|q|rb|rp|rt|rtc|ruby|s|samp|script|search|section|select|slot|small|source|span"
    "|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|time|title|tr"
    "|track|tt|u|ul|use|var|video|wbr|xmp"
)


def is_element(html: str) -> bool:
    """Whether a piece of inline HTML is a tag of an element of HTML, a comment or a declaration. ``<leader>`` and
    ``Vec<String>`` are not: a tracker shows them as they stand.
    """
    found = _NAME.match(html)
    return found is None or found[1].lower() in _ELEMENTS


def is_break(html: str) -> bool:
    """Whether a piece of inline HTML is a line break."""
    return _BREAK.fullmatch(html) is not None
