"""The forms in which a secret can turn up in a text: whoever takes it out must know all of them (I20, threat T10)."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

_SHORTEST = 4
"""Shorter secrets are not worth the name, and would black out half of every line."""


def disguises(secret: str) -> list[str]:
    """Plain, escaped, URL-encoded, in Base64 at any offset, and in hex; the longest first. None of a short one.

    The longest first, for a short form may be part of a longer one, and would leave its rest behind.
    """
    if len(secret) < _SHORTEST:
        return []
    raw = secret.encode("utf-8", "surrogateescape")
    forms = {secret, quote(raw), quote(raw, safe=""), quote_plus(raw), repr(secret)[1:-1], repr(raw)[2:-1]}
    forms |= {raw.hex(), raw.hex().upper()}
    forms |= {json.dumps(form)[1:-1] for form in forms}
    for before in range(3):
        # Inside a longer Base64 text (`user:token`), a secret looks different at each of three offsets.
        code = base64.b64encode(b"\0" * before + raw).decode("ascii").rstrip("=")
        whole = code[(before * 8 + 5) // 6 : (before + len(raw)) * 8 // 6]
        forms |= {whole, whole.replace("+", "-").replace("/", "_")}
    return sorted((form for form in forms if len(form) >= _SHORTEST), key=len, reverse=True)
