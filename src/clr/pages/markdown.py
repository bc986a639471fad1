"""Markdown that others wrote, as HTML that can do no harm."""

from markdown_it import MarkdownIt
from markupsafe import Markup

_SAFE = ("http://", "https://", "mailto:")


class _Writer(MarkdownIt):
    """CommonMark without HTML and pictures; links lead to web and mail addresses only."""

    def validateLink(self, url: str) -> bool:  # noqa: N802  markdown-it's own name
        """Let only plain addresses become links."""
        return url.strip().lower().startswith(_SAFE)


def _writer() -> _Writer:
    writer = _Writer("commonmark", {"html": False, "linkify": False})
    writer.disable("image")
    return writer


_WRITER = _writer()


def markdown(text: str) -> Markup:
    """Return ``text`` as HTML; links say that we do not vouch for where they lead."""
    tokens = _WRITER.parse(text)
    for block in tokens:
        if block.type in ("heading_open", "heading_close"):
            block.tag = "p"  # the page has headings of its own, which lead to what stands below them
            if block.nesting == 1:
                block.attrSet("class", "strong")
        for token in block.children or ():
            if token.type == "link_open":
                token.attrSet("rel", "noopener nofollow")
    written = _WRITER.renderer.render(tokens, _WRITER.options, {})
    return Markup(written)  # noqa: S704  HTML is off, so every letter of the text was escaped
