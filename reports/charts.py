"""The charts of the close report: pictures drawn by Matplotlib, as SVG in the typeface of its page. The same figures, the same bytes."""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from itertools import pairwise
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from reports.pages import euro, signed

INK, SOFT, RULE = "#1b2430", "#55616d", "#d7dee5"
NOW, BEFORE, UP, DOWN, PALE = "#23415e", "#a9b6c2", "#1b7f6b", "#b5482a", "#c9d8e6"
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # letters stay letters: found, copied, and read out
    "svg.hashsalt": "close report",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.labelcolor": SOFT,
    "xtick.color": SOFT,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
}
FACE = re.compile(r" font-family: [^;]*;")  # the page has one
UNREFERENCED = re.compile(r'<g id="[^"]*"')
LETTER = 0.088  # inches of a figure beside a bar: what a bold one takes in DejaVu Sans, the widest face that a page falls back on
ROW = 0.34  # inches of a bar with the white around it
CUT_BELOW = Decimal("0.5")  # of the totals: changes that small are shown on a cut axis, or they would not be seen


@dataclass(frozen=True, slots=True)
class Step:
    """A bar: what it is, and how much it comes to or adds, EUR."""

    label: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair of bars: what they are, this month and the last, EUR."""

    label: str
    now: Decimal
    before: Decimal


@dataclass(frozen=True, slots=True)
class Stack:
    """A bar of two parts: what it is, the part that is charged and the part in packs, with what stands beside it."""

    label: str
    charged: Decimal
    in_pack: Decimal
    shown: str


def bridge(before: Step, steps: Sequence[Step], now: Step, *, inches: float) -> str:
    """Returns the way from the total of the last month to that of this one, step by step, as a waterfall from top to bottom."""
    figure, axes = _canvas(inches, len(steps) + 2)
    heights = [before.amount]
    for step in steps:
        heights.append(heights[-1] + step.amount)
    floor = _floor(heights)
    for row, total in ((0, before), (len(steps) + 1, now)):
        axes.barh(row, float(total.amount - floor), left=float(floor), color=BEFORE if row == 0 else NOW, height=0.62)
        _beside(axes, row, total.amount, euro(total.amount), bold=True)
    for row, (step, start) in enumerate(zip(steps, heights, strict=False), start=1):
        end = start + step.amount
        axes.barh(row, float(step.amount), left=float(start), color=UP if step.amount >= 0 else DOWN, height=0.62)
        _beside(axes, row, max(start, end), signed(step.amount))
    for row, height in enumerate(heights):  # what one bar ends with, the next begins with
        axes.plot([float(height)] * 2, [row - 0.31, row + 1.31], color=SOFT, linewidth=0.7, solid_capstyle="butt")
    _rows(axes, [before.label, *(step.label for step in steps), now.label], inches, bold=(0, len(steps) + 1))
    widest = float(max(heights) - floor) or 1.0
    shown = [(max(pair), signed(step.amount)) for pair, step in zip(pairwise(heights), steps, strict=True)]
    lowest = float(floor or min(Decimal(0), *heights))
    _room(axes, [*shown, (before.amount, euro(before.amount)), (now.amount, euro(now.amount))], lowest - widest * 0.02, inches)
    if floor:
        _cut(axes, (0, len(steps) + 1), float(floor), widest)
    said = ", ".join(f"{step.label} {signed(step.amount)}" for step in steps)
    cut = f" Bars begin at {euro(floor)}." if floor else ""
    return _svg(figure, f"From {before.label} {euro(before.amount)} to {now.label} {euro(now.amount)} EUR: {said}.{cut}")


def pairs(found: Sequence[Pair], title: str, *, inches: float) -> str:
    """Returns bars of this month over bars of the last, the largest on top; what is below zero goes to the left."""
    figure, axes = _canvas(inches, len(found) * 1.35)
    for row, pair in enumerate(found):
        axes.barh(row - 0.17, float(pair.now), color=NOW, height=0.36)
        axes.barh(row + 0.2, float(pair.before), color=BEFORE, height=0.26)
        _beside(axes, row - 0.15, max(pair.now, Decimal(0)), euro(pair.now))
    _rows(axes, [pair.label for pair in found], inches)
    lowest = float(min(Decimal(0), *(min(pair.now, pair.before) for pair in found)))
    _room(axes, [(max(pair.now, pair.before, Decimal(0)), euro(pair.now)) for pair in found], lowest * 1.03, inches)
    _zero(axes)
    said = ", ".join(f"{pair.label} {euro(pair.now)} (last month {euro(pair.before)})" for pair in found)
    return _svg(figure, f"{title}, EUR: {said}.")


def stacks(found: Sequence[Stack], title: str, *, inches: float) -> str:
    """Returns bars of what is charged, and lighter what packs covered, one a row."""
    figure, axes = _canvas(inches, len(found))
    for row, stack in enumerate(found):
        axes.barh(row, float(stack.charged), color=NOW, height=0.6)
        axes.barh(row, float(stack.in_pack), left=float(stack.charged), color=PALE, height=0.6)
        _beside(axes, row, stack.charged + stack.in_pack, stack.shown)
    _rows(axes, [stack.label for stack in found], inches)
    _room(axes, [(stack.charged + stack.in_pack, stack.shown) for stack in found], 0.0, inches)
    _zero(axes)
    said = ", ".join(f"{stack.label} {stack.shown}" for stack in found)
    return _svg(figure, f"{title}: {said}.")


def ages(found: Sequence[Step], title: str, *, inches: float) -> str:
    """Returns a bar a row for ages of debt, from what is not due, in grey, to the oldest, the darkest."""
    figure, axes = _canvas(inches, len(found))
    for row, age in enumerate(found):
        strength = 1 if row in (0, len(found) - 1) else 0.45 + 0.15 * row
        axes.barh(row, float(age.amount), color=DOWN if row else BEFORE, alpha=strength, height=0.6)
        _beside(axes, row, age.amount, euro(age.amount))
    _rows(axes, [age.label for age in found], inches)
    _room(axes, [(age.amount, euro(age.amount)) for age in found], 0.0, inches)
    _zero(axes)
    said = ", ".join(f"{age.label} {euro(age.amount)}" for age in found)
    return _svg(figure, f"{title}, EUR: {said}.")


def _floor(heights: Sequence[Decimal]) -> Decimal:
    """Where the bars of a bridge begin: at zero, or in round thousands below the lowest when the changes are small beside the totals."""
    low, high = min(heights), max(heights)
    if low <= 0 or high - low > low * CUT_BELOW:
        return Decimal(0)
    room = low - (high - low) * 2 / 3
    unit = Decimal(10) ** max(len(str(int(high - low))) - 1, 0)
    return max(room // unit * unit, Decimal(0))


def _canvas(inches: float, rows: float) -> tuple[Figure, Axes]:
    with _styled():
        figure = Figure(figsize=(inches, rows * ROW + 0.1))
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.invert_yaxis()
    axes.tick_params(length=0)
    return figure, axes


def _rows(axes: Axes, labels: Sequence[str], inches: float, bold: Sequence[int] = ()) -> None:
    """The names of the rows, in a margin as wide as the longest needs."""
    axes.set_yticks(range(len(labels)), labels)
    for place, label in enumerate(axes.get_yticklabels()):
        label.set_fontweight("bold" if place in bold else "normal")
        label.set_parse_math(False)  # two dollar signs in a name are no formula
    margin = min((max(map(len, labels)) * 0.075 + 0.15) / inches, 0.46)
    axes.set_position((margin, 0.0, 1 - margin, 1.0))
    axes.set_ylim(len(labels) - 0.5, -0.5)


def _room(axes: Axes, ends: Sequence[tuple[Decimal, str]], left: float, inches: float) -> None:
    """As much of the scale as bars and the figures beside their ends need: each figure keeps inside the picture."""
    across = inches * axes.get_position().width
    needed = [(float(end) - left) / (1 - (len(text) * LETTER + 0.16) / across) for end, text in ends]
    axes.set_xlim(left, left + (max(needed, default=0.0) or 1.0))
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)


def _zero(axes: Axes) -> None:
    axes.axvline(0, color=SOFT, linewidth=0.8)


def _beside(axes: Axes, row: float, right: Decimal, text: str, *, bold: bool = False) -> None:
    axes.annotate(
        text, (float(right), row), xytext=(5, 0), textcoords="offset points", va="center_baseline", ha="left",
        fontweight="bold" if bold else "normal",
        color=INK,
    )  # fmt: skip


def _cut(axes: Axes, rows: Sequence[int], floor: float, widest: float) -> None:
    """Marks that the bars of these rows begin further left than is shown."""
    for row in rows:
        for shift in (0.035, 0.06):
            middle = floor + widest * shift
            axes.plot([middle - widest * 0.008, middle + widest * 0.008], [row + 0.42, row - 0.42], color="white", linewidth=2.2)


def _svg(figure: Figure, said: str) -> str:
    """The figure as an element of a page that says in words what it shows."""
    for drawing in figure.findobj():
        drawing.set_clip_on(False)  # nothing is cut off, so nothing refers to another part of the page
    drawn = io.StringIO()
    with _styled():
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = drawn.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<defs>\s*<style.*?</defs>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' (?:xmlns(?::xlink)?|version)="[^"]*"', "", svg).replace("xlink:href", "href")
    svg = UNREFERENCED.sub("<g", FACE.sub("", svg))
    view = re.search(r'viewBox="[^"]*"', svg)
    assert view is not None
    inside = svg[svg.index(">") + 1 :]
    return f'<svg {view[0]} role="img" aria-label="{escape(said)}">{inside}'.strip()


@contextmanager
def _styled() -> Iterator[None]:
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


__all__ = ["Pair", "Stack", "Step", "ages", "bridge", "pairs", "stacks"]
