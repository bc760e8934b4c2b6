# SPDX-License-Identifier: MIT
"""Results for people: a table in Markdown, a chart in SVG."""
import html, math

import goals
from figures import (COUNTS, median, rate_unit, ratio, rows_of, systems_of)


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def time_text(us):
    if us < 1:
        return f"{us * 1000:.0f} ns"
    if us < 1000:
        return f"{us:.3g} us"
    if us < 1e6:
        return f"{us / 1000:.3g} ms"
    return f"{us / 1e6:.3g} s"


def ratio_text(times):
    return f"{times:.2f}x" if times < 10 else f"{times:.0f}x"


def figure_text(row, us):
    unit = rate_unit(row)
    return f"{number(1e6 / us)} {unit}" if unit else time_text(us)


def cell(result, system, row):
    us = median(result, system, row)
    if us is None:
        return "-"
    if system == "native":
        return figure_text(row, us)
    times = ratio(result, system, row)
    if times is None:
        return figure_text(row, us)
    if rate_unit(row):
        times = 1 / times
    return f"{ratio_text(times)} ({figure_text(row, us)})"


def count_cell(counts):
    def text(value):
        if value is None:
            return "?"
        if abs(value) < 0.02:
            return "0"
        return f"{value:.2g}" if abs(value) < 10 else f"{value:.0f}"
    if not counts:
        return "-"
    return " / ".join(text(counts[what]) for what in COUNTS)


def lines_of(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "|---" * len(head) + "|"
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def timings(result):
    systems = systems_of(result)
    yield from lines_of(["", *systems], (
        [row, *(cell(result, s, row) for s in systems)]
        for row in rows_of(result)))


def counts(result):
    systems = list(result["counts"])
    rows = dict.fromkeys(row for s in systems for row in result["counts"][s])
    yield ""
    yield (f"Host calls (by {result['about'].get('calls by')}) / signals / "
           "context switches / page faults, an operation:")
    yield ""
    yield from lines_of(["", *systems], (
        [row, *(count_cell(result["counts"][s].get(row)) for s in systems)]
        for row in rows))


def whole(result):
    units = {"boot": "ms", "idle memory": "MiB", "idle cpu": "%"}
    yield ""
    yield from lines_of(
        ["", *(f"{what}, {unit}" for what, unit in units.items())],
        ([system, *(number(values[w]) if w in values else "-"
                    for w in units)]
         for system, values in result["whole"].items()))


def absent(result):
    yield ""
    for system, rows in result["absent"].items():
        for row, why in rows.items():
            what = "" if row == "*" else f", {row}"
            yield f"Not there: {system}{what}: {' '.join(why.split())}"


def missed(result):
    checked, lines = goals.missed(result)
    if checked:
        yield ""
        yield f"Goals: {checked - len(lines)} of {checked} reached; not these:"
        yield ""
        yield from (f"* {line}" for line in lines)


def markdown(result):
    about = result["about"]
    out = [f"{about['host']}; {about['cpus']} CPUs; {about['date']}; "
           f"viv {about['version']}; medians of {len(result['rounds'])} "
           "rounds; a multiple of native's time (of its rate, where a rate "
           "is shown)", ""]
    if result["rounds"]:
        out += timings(result)
    for part, lines in (("counts", counts), ("whole", whole),
                        ("absent", absent)):
        if result.get(part):
            out += lines(result)
    out += missed(result)
    return "\n".join(out) + "\n"


COLOURS = ["#2a7ab9", "#55a868", "#c44e52", "#8172b3", "#937860", "#da8bc3",
           "#8c8c8c", "#ccb974"]
LEFT, WIDE, BAR, GAP, TOP = 220, 640, 7, 8, 60
LOW, HIGH = 0.1, 1000  # ratios at the chart's ends


def place(times):
    """Where on the logarithmic axis."""
    times = min(max(times, LOW), HIGH)
    return LEFT + WIDE * math.log10(times / LOW) / math.log10(HIGH / LOW)


def text_at(x, y, text, more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{html.escape(text)}</text>'


def axis(height):
    times = LOW
    while times <= HIGH:
        x = place(times)
        colour = "#000" if times == 1 else "#ddd"
        yield (f'<line x1="{x:.1f}" y1="{TOP - 4}" x2="{x:.1f}" '
               f'y2="{height - 10}" stroke="{colour}"/>')
        yield text_at(x, TOP - 10, f"{times:g}x", 'text-anchor="middle"')
        times = round(times * 10, 3)


def legend(systems):
    x = LEFT
    for i, system in enumerate(systems):
        yield (f'<rect x="{x}" y="12" width="10" height="10" '
               f'fill="{COLOURS[i % len(COLOURS)]}"/>')
        yield text_at(x + 14, 21, system)
        x += 30 + 7 * len(system)


def bars(result, systems, row, y):
    yield text_at(LEFT - 8, y + 8, row, 'text-anchor="end"')
    for i, system in enumerate(systems):
        times = ratio(result, system, row)
        if times is None:
            continue
        a, b = sorted((place(1), place(times)))
        top = y + i * BAR
        yield (f'<rect x="{a:.1f}" y="{top}" width="{max(b - a, 1):.1f}" '
               f'height="{BAR - 1}" fill="{COLOURS[i % len(COLOURS)]}">'
               f'<title>{html.escape(row)}, {html.escape(system)}: '
               f'{ratio_text(times)}</title></rect>')


def svg(result):
    """A row each of bars from 1x: to the left faster than native, to the
    right slower, in times taken."""
    systems = [s for s in systems_of(result) if s != "native"]
    rows = [row for row in rows_of(result)
            if any(ratio(result, s, row) for s in systems)]
    step = BAR * max(len(systems), 1) + GAP
    height = TOP + step * len(rows) + 20
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDE + 40}"'
           f' height="{height}" font-family="sans-serif" font-size="11">',
           '<rect width="100%" height="100%" fill="#fff"/>',
           text_at(8, 21, "time, times native"), *legend(systems),
           *axis(height)]
    for i, row in enumerate(rows):
        out += bars(result, systems, row, TOP + i * step + 4)
    return "\n".join([*out, "</svg>"]) + "\n"
