"""A chart as a thumbnail: the shape of its lines or rows with both axes but no texts, as an SVG."""

from collections.abc import Mapping

from ae.plots.colours import FAINT, QUIET
from ae.plots.findings_shape import Axis, axes, is_numeric, mark_colour, marked, shaded, x_values
from ae.runs.findings.question import Panel

WIDTH, HEIGHT, MARGIN = 176, 84, 8


def sketch(panel: Panel, colours: Mapping[str, str]) -> str:
    """Draw a chart of a question as a thumbnail, with the colours of its lines by name: only what the answer is about.

    More lines would need more names than there is room for below a thumbnail.
    """
    drawn = _lines(panel, colours) if is_numeric(panel) else _rows(panel, colours)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{drawn}</svg>'


def stressed(panel: Panel) -> list[str]:
    """Return the lines of a chart that its thumbnail shows: one or two, or all if none has a mark."""
    named = list(filter(None, (panel.main, panel.other)))
    return named or list({mark.line: 0 for mark in panel.marks}) or list(panel.parts)


def _lines(panel: Panel, colours: Mapping[str, str]) -> str:
    across, up = axes(panel)
    named = {name: panel.parts[name] for name in stressed(panel)}
    low = min(up.at(mean) for part in named.values() for mean in part["mean"])
    high = max(up.at(mean) for part in named.values() for mean in part["mean"])

    def place(x: float, y: float) -> tuple[float, float]:
        level = (up.at(y) - low) / ((high - low) or 1)
        return _spread(across.at(x), WIDTH), HEIGHT - _spread(level, HEIGHT)

    drawn = [_path(f"M1 0V{HEIGHT - 1}H{WIDTH}")]
    if zone := shaded(panel):
        start, end = (_spread(across.at(edge), WIDTH) for edge in zone[:2])
        drawn.append(f'<path d="M{start:.1f} 0V{HEIGHT}H{end:.1f}V0z" fill="{FAINT}" opacity="0.25" />')
    for name, part in named.items():
        points = [place(x, y) for x, y in zip(part[panel.x], part["mean"], strict=True)]
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        drawn.append(
            f'<polyline points="{way}" fill="none" stroke="{colours[name]}" stroke-width="4" '
            'stroke-linejoin="round" stroke-linecap="round" />'
        )
        if len(points) == 1:
            drawn.append(_dot(points[0], colours[name], 3))
    for mark, value, mean in marked(panel):
        if mark.line in named:
            drawn.append(_dot(place(value, mean), mark_colour(mark, colours), 7))
    return "".join(drawn)


def _rows(panel: Panel, colours: Mapping[str, str]) -> str:
    """Draw a bar in each row, from the baseline or the left edge to the value."""
    names = x_values(panel)
    usual = [panel.baseline.value] if panel.baseline else []
    means = [mean for part in panel.parts.values() for mean in part["mean"]]
    across = Axis(min(means + usual), max(means + usual), log=False) if len({*means, *usual}) > 1 else Axis(0, 1, False)
    start = _spread(across.at(usual[0]), WIDTH) if usual else MARGIN
    step = (HEIGHT - 2 * MARGIN) / max(1, len(names) - 1)
    named = {(mark.line, mark.x): mark_colour(mark, colours) for mark in panel.marks}
    drawn = [_path(f"M0 {HEIGHT - 1}H{WIDTH}")]
    if usual:
        drawn.append(f'<path d="M{start:.1f} 0V{HEIGHT}" stroke="{QUIET}" stroke-width="1.5" stroke-dasharray="4 3" />')
    for line, part in panel.parts.items():
        for name, mean in zip(part[panel.x], part["mean"], strict=True):
            end, level = _spread(across.at(mean), WIDTH), MARGIN + names.index(name) * step
            colour = named.get((line, name), QUIET) if named else colours[line]
            drawn.append(f'<path d="M{start:.1f} {level:.1f}H{end:.1f}" stroke="{colour}" stroke-width="3" />')
            drawn.append(_dot((end, level), colour, 4))
    return "".join(drawn)


def _path(way: str) -> str:
    """Return the line of the axes."""
    return f'<path d="{way}" fill="none" stroke="{QUIET}" stroke-width="1.5" />'


def _spread(share: float, size: float) -> float:
    """Return the place in pixels of a share from 0 to 1."""
    return MARGIN + share * (size - 2 * MARGIN)


def _dot(at: tuple[float, float], colour: str, radius: float) -> str:
    return f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius}" fill="{colour}" />'
