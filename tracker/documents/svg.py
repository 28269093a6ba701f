"""A drawing as an SVG file of its own, with the looks that on pages come from the style sheet: black on white."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from tracker.documents.drawings import Drawing

LINES = 'fill="none" stroke="#1a1a1a" stroke-width="1.4"'
WORDS = 'font-family="Noto Sans" font-size="13" fill="#1a1a1a"'
SMALL = 'font-family="Noto Sans" font-size="12" fill="#444444"'
LOOKS = {
    "rule": 'stroke="#1a1a1a"',
    "grid": 'stroke="#c8c8c8"',
    "today": 'stroke="#666666" stroke-dasharray="5 4"',
    "solid": 'fill="#1a1a1a" stroke="#1a1a1a"',
    "open": 'fill="#ffffff" stroke="#1a1a1a" stroke-width="1.4"',
    "open dashed": 'fill="#ffffff" stroke="#1a1a1a" stroke-width="1.4" stroke-dasharray="5 3"',
    "stroke": LINES,
    "stripes": 'fill="none" stroke="#1a1a1a" stroke-width="1"',
    "label": WORDS,
    "small": SMALL,
    "tiny": SMALL.replace("12", "10"),
}


def svg_of(drawing: Drawing) -> str:
    """Return the SVG. Its words for those who do not see it are given beside it, as the picture's alternative."""
    size = f'width="{drawing.width:g}" height="{drawing.height:g}" viewBox="0 0 {drawing.width:g} {drawing.height:g}"'
    said = [f'<svg xmlns="http://www.w3.org/2000/svg" {size}>']
    for mark in drawing.marks:
        places = " ".join(
            f"{name}={quoteattr(str(at))}" for name, at in mark.attributes.items() if name != "class"
        )
        said.append(
            f"<{mark.tag} {LOOKS[mark.attributes['class']]} {places}>{escape(mark.text or '')}</{mark.tag}>"
        )
    return "".join([*said, "</svg>"])
