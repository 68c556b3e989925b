"""A plan for people (text), for machines (JSON, design §15) and for comments of CI (Markdown)."""

from syncd.plan.render.counts import counts
from syncd.plan.render.document import to_json
from syncd.plan.render.markdown import render_markdown
from syncd.plan.render.text import render_text

__all__ = ["counts", "render_markdown", "render_text", "to_json"]
