"""A file with no boxes at all, whose bullets begin with status emoji under phase headings: those are its tasks (§4)."""

from __future__ import annotations

from syncd.roadmap.blocks import Item
from syncd.roadmap.outline import meta, titles
from syncd.roadmap.outline.milestones import is_phase
from syncd.roadmap.outline.sections import Row, Section, Tree
from syncd.roadmap.outline.text import text_of


def find_rows(tree: Tree) -> None:
    """Put the task bullets of every phase into its section; nothing if the file has a box or a task row."""
    if tree.boxes or any(section.rows for section in tree.sections):
        return
    for section in tree.sections[1:]:
        if (
            not section.ignored
            and section.inside is None
            and any(is_phase(above) for above in section.above())
        ):
            _bullets_of(tree, section)


def _bullets_of(tree: Tree, section: Section) -> None:
    rows: dict[int, Row] = {}
    for block in section.blocks:
        if not isinstance(block, Item):
            continue
        row = _row(tree, block)
        around = rows.get(block.parent)
        if around is not None:
            rows[block.start] = around
            if row is not None:
                around.children.append(row)
        elif row is not None:
            rows[block.start] = row
            section.rows.append(row)


def _row(tree: Tree, item: Item) -> Row | None:
    title = titles.box(text_of(tree.source, item.pieces))
    marker = title.marker
    if marker is None or title.of.plain[: marker[0]].strip() or not title.text:
        return None
    state = meta.emoji_state(title.of.plain[marker[0] : marker[1]])
    if state is None:
        return None
    line = tree.source.line_of(item.start)
    return Row(item.start, item.end, line, title, state, None, title.of.span(*marker), item.pieces)
