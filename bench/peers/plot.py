"""Recall-QPS curves as plain SVG: recall across, queries a second up in a logarithm. Standard library
only."""
import html
import math

COLOURS = ["#c0392b", "#2471a3", "#1e8449", "#b9770e", "#6c3483", "#34495e"]
LEFT, RIGHT, TOP, BOTTOM, WIDTH, HEIGHT = 70, 20, 40, 50, 720, 440


def recall_qps(title, curves, least=0.7):
    """curves: {name: [(recall, qps), …]}; points below the least recall are left out, and the axis begins
    where the rest do. Returns the text of the file."""
    curves = {n: sorted((r, q) for r, q in p if r >= least and q > 0) for n, p in curves.items()}
    curves = {n: p for n, p in curves.items() if p}
    lowest = min((p[0][0] for p in curves.values()), default=least)
    least = min(.95, max(least, math.floor(lowest * 20) / 20))
    every = [q for p in curves.values() for _, q in p] or [1, 10]
    low, high = math.floor(math.log10(min(every))), math.ceil(math.log10(max(every)))
    high = max(high, low + 1)

    def x(recall):
        return LEFT + (recall - least) / (1 - least) * (WIDTH - LEFT - RIGHT)

    def y(qps):
        return HEIGHT - BOTTOM - (math.log10(qps) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
           f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
           f'<text x="{WIDTH / 2:.0f}" y="22" text-anchor="middle" font-size="15">'
           f'{html.escape(title)}</text>']
    out += grid(x, y, least, low, high)
    for i, (name, points) in enumerate(curves.items()):
        colour = COLOURS[i % len(COLOURS)]
        path = " ".join(f"{x(r):.1f},{y(q):.1f}" for r, q in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x(r):.1f}" cy="{y(q):.1f}" r="3.5" fill="{colour}"><title>'
                f'{html.escape(name)}: recall {r:.4f}, {q:,.0f} a second</title></circle>' for r, q in points]
        at = HEIGHT - BOTTOM - 14 - 18 * (len(curves) - 1 - i)
        out.append(f'<rect x="{LEFT + 12}" y="{at - 9}" width="14" height="10" fill="{colour}"/>')
        out.append(f'<text x="{LEFT + 32}" y="{at}">{html.escape(name)}</text>')
    return "\n".join(out + ["</svg>", ""])


def grid(x, y, least, low, high):
    """Axes with their numbers."""
    out = []
    steps = round((1 - least) * 20)
    for i in range(steps + 1):
        recall = least + (1 - least) * i / steps
        at = f"{x(recall):.1f}"
        out.append(f'<line x1="{at}" y1="{TOP}" x2="{at}" y2="{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        out.append(f'<text x="{at}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{recall:.2f}</text>')
    for power in range(low, high + 1):
        for digit in (1, 2, 5):
            value = digit * 10 ** power
            if power == high and digit > 1:
                continue
            shade = "#bbb" if digit == 1 else "#eee"
            at = f"{y(value):.1f}"
            out.append(f'<line x1="{LEFT}" y1="{at}" x2="{WIDTH - RIGHT}" y2="{at}" stroke="{shade}"/>')
            out.append(f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:,.0f}</text>')
    middle = (TOP + HEIGHT - BOTTOM) / 2
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">'
               'recall@10</text>')
    out.append(f'<text x="16" y="{middle:.0f}" text-anchor="middle" transform="rotate(-90 16 {middle:.0f})">'
               'queries a second, one thread</text>')
    return out
