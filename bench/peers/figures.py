"""The arithmetic of comparisons, apart from everything that runs programs: medians, paired ratios, recall-QPS
interpolation. Standard library only. A ratio is always "how many times better we are": above 1 is ahead."""
import math
import statistics


def median(values):
    """Of at least one number."""
    values = [float(v) for v in values]
    if not values:
        raise ValueError("the median of nothing")
    return statistics.median(values)


def paired(ours, theirs, better):
    """Ratios run by run (both sides of one run met the same machine): their median, least and most.
    better: "less" (seconds, bytes) or "more" (a second)."""
    if len(ours) != len(theirs) or not ours:
        raise ValueError(f"{len(ours)} runs of ours and {len(theirs)} of theirs are no pairs")
    if better not in ("less", "more"):
        raise ValueError(f"better is {better!r}, not 'less' or 'more'")
    if any(not v > 0 for v in list(ours) + list(theirs)):
        raise ValueError("a ratio needs figures above 0")
    ratios = [t / o if better == "less" else o / t for o, t in zip(ours, theirs)]
    return {"ratio": median(ratios), "min": min(ratios), "max": max(ratios)}


def qps_at(points, recall):
    """Queries a second at a recall, between the neighbouring (recall, qps) points in log QPS; None where no
    point gets there. Points that another one beats in both are left out first: nobody would run them."""
    best = frontier(points)
    if not best or best[-1][0] < recall:
        return None
    if best[0][0] >= recall:
        return best[0][1]
    for (r0, q0), (r1, q1) in zip(best, best[1:]):
        if r0 <= recall <= r1:
            share = (recall - r0) / (r1 - r0)
            return math.exp(math.log(q0) + share * (math.log(q1) - math.log(q0)))
    return None


def frontier(points):
    """(recall, qps) by rising recall, without those that another point beats in both."""
    kept, most = [], 0.0
    for recall, qps in sorted(((float(r), float(q)) for r, q in points), reverse=True):
        if qps > most:
            kept.append((recall, qps))
            most = qps
    kept.reverse()
    return kept


def error_target(error):
    """The relative error |X - WH| / |X| that counts as equal: at most 1e-4 of it more, and at least .9999 of
    what the other side explains of |X|^2. The first binds where the fit is close, the second where little can
    be explained."""
    if not 0 < error < 1:
        raise ValueError(f"a relative error of {error} cannot be matched")
    return min(error * 1.0001, math.sqrt(1 - .9999 * (1 - error * error)))


def verdict(ratio, goal, floor):
    """goal, floor, below, or "" where there is nothing to hold it against."""
    if goal is None:
        return ""
    if ratio >= goal:
        return "goal"
    return "floor" if floor is not None and ratio >= floor else "below"


def sensible(value):
    """A number as a reader wants it: three digits, no exponent."""
    if value is None:
        return "–"
    value = float(value)
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"
