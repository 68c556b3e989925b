"""An issue's body and its inert text, both ways. Pure: no input or output, no clock (design §11)."""

from syncd.forge.body.block import Rendered, normal, render
from syncd.forge.body.inert import inert, inert_title, plain, plain_title
from syncd.forge.body.reading import ReadBody, put, read, room

__all__ = [
    "ReadBody",
    "Rendered",
    "inert",
    "inert_title",
    "normal",
    "plain",
    "plain_title",
    "put",
    "read",
    "render",
    "room",
]
