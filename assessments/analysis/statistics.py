"""The statistics of item analysis: pure functions of counts and sums.

Sources: corrected item-rest correlation — Henrysson 1963. Mantel-Haenszel for items — Holland & Thayer 1988; the
studied item belongs to the score that groups are matched on, or groups of unequal knowledge look as if it were unfair
to one of them (the same; Zwick 1990). Variance — Robins, Breslow & Greenland 1986. Classes A, B, C — Zieky 1993.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import atanh, erfc, exp, log, sqrt, tanh

Stratum = tuple[float, float, float, float]
"""People of one total score: reference right, reference wrong, focal right, focal wrong."""

LEAST_IN_GROUP = 30
"""Answers that each language must have before it is compared. Testing agencies ask for 200 (Zwick 2012); a school of
a few hundred would then never be told anything. From 30 on the normal approximation holds, and the interval shows how
little is known."""
LEAST_IN_STRATUM = 3
"""People of each language in a stratum; thinner neighbours are joined. Wide strata would compare unequal people, so it
is kept low (Donoghue & Allen 1993 on thin and thick matching)."""
LEAST_STRATA = 3
"""Strata with right and wrong answers and both languages: with fewer, people of very unequal scores are compared."""
DELTA = -2.35
"""Turns log odds into the ETS delta scale, on which most questions lie between 6 and 20; below 0: harder."""
TWO_SIDED, ONE_SIDED = 1.959964, 1.644854
"""Normal quantiles of 95 %."""
SIGNIFICANT = 0.05
SLIGHT, LARGE = 1.0, 1.5
"""|delta| from which a difference is more than negligible, and from which it is large (Zieky 1993)."""


@dataclass(frozen=True)
class Comparison:
    """How one language (focal) fares with a question against the source language, at equal total score."""

    odds_ratio: float
    """Common odds ratio; above 1: the source language has it easier."""
    log_odds: float
    standard_error: float
    """Of `log_odds`, by Robins, Breslow and Greenland."""
    chi_square: float
    """Mantel-Haenszel, one degree of freedom, with continuity correction."""
    p: float
    strata: int
    """Strata that say something."""

    @property
    def delta(self) -> float:
        """The difference on the ETS delta scale; below 0: harder in the focal language."""
        return DELTA * self.log_odds

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of `delta`, low and high."""
        reach = TWO_SIDED * abs(DELTA) * self.standard_error
        return self.delta - reach, self.delta + reach

    @property
    def letter(self) -> str:
        """A: negligible or not significant; C: large and significantly beyond `SLIGHT`; B: between."""
        size = abs(self.delta)
        if self.p >= SIGNIFICANT or size < SLIGHT:
            return "A"
        is_beyond = size - ONE_SIDED * abs(DELTA) * self.standard_error > SLIGHT
        return "C" if size >= LARGE and is_beyond else "B"


def correlation(count: float, x: float, y: float, xx: float, yy: float, xy: float) -> float | None:
    """Return Pearson's correlation from a count and the sums of x, y, x², y² and xy; None where one never varies."""
    if count < 2:
        return None
    varies_x, varies_y = count * xx - x * x, count * yy - y * y
    # what is left of a sum of equal fractions is rounding, not variance
    if varies_x <= 1e-9 * count * xx or varies_y <= 1e-9 * count * yy:
        return None
    return max(-1.0, min(1.0, (count * xy - x * y) / sqrt(varies_x * varies_y)))


def correlation_interval(value: float, count: int) -> tuple[float, float] | None:
    """Return the 95 % interval of a correlation by Fisher's transformation; None with fewer than four pairs."""
    if count < 4:
        return None
    middle, reach = atanh(max(-0.999999, min(0.999999, value))), TWO_SIDED / sqrt(count - 3)
    return tanh(middle - reach), tanh(middle + reach)


def compare(strata: Iterable[Stratum]) -> Comparison | None:
    """Compare two languages at equal total score (strata from the lowest score up); None: too few answers to say."""
    joined = _joined(strata)
    if sum(a + b for a, b, _c, _d in joined) < LEAST_IN_GROUP or sum(c + d for *_ab, c, d in joined) < LEAST_IN_GROUP:
        return None
    informative = [stratum for stratum in joined if _says_something(stratum)]
    return mantel_haenszel(informative) if len(informative) >= LEAST_STRATA else None


def mantel_haenszel(strata: list[Stratum]) -> Comparison:
    """Return the Mantel-Haenszel comparison of informative strata.

    Where nobody of one language is right, or wrong, against the other, the ratio has no end: half a person is added to
    each cell (Haldane 1956), so that the plainest case is not the silent one.
    """
    chi_square = _chi_square(strata)
    cells = strata if all(_products(strata)) else [(a + 0.5, b + 0.5, c + 0.5, d + 0.5) for a, b, c, d in strata]
    for_reference, for_focal = _products(cells)
    log_odds = log(for_reference / for_focal)
    return Comparison(
        odds_ratio=exp(log_odds),
        log_odds=log_odds,
        standard_error=_standard_error(cells),
        chi_square=chi_square,
        p=erfc(sqrt(chi_square / 2)),
        strata=len(strata),
    )


def _joined(strata: Iterable[Stratum]) -> list[Stratum]:
    """Return the strata with each thin one joined to its neighbour above; what is left at the top, to the one below."""
    found: list[Stratum] = []
    open_stratum: Stratum = (0, 0, 0, 0)
    for stratum in strata:
        open_stratum = _sum(open_stratum, stratum)
        if not _is_thin(open_stratum):
            found.append(open_stratum)
            open_stratum = (0, 0, 0, 0)
    if any(open_stratum):
        found.append(_sum(found.pop(), open_stratum) if found else open_stratum)
    return found


def _sum(one: Stratum, other: Stratum) -> Stratum:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3]


def _is_thin(stratum: Stratum) -> bool:
    a, b, c, d = stratum
    return a + b < LEAST_IN_STRATUM or c + d < LEAST_IN_STRATUM


def _says_something(stratum: Stratum) -> bool:
    a, b, c, d = stratum
    return min(a + b, c + d, a + c, b + d) > 0


def _products(strata: list[Stratum]) -> tuple[float, float]:
    """Return the two sums whose ratio is the common odds ratio."""
    for_reference = sum(a * d / (a + b + c + d) for a, b, c, d in strata)
    for_focal = sum(b * c / (a + b + c + d) for a, b, c, d in strata)
    return for_reference, for_focal


def _chi_square(strata: list[Stratum]) -> float:
    surplus = variance = 0.0
    for a, b, c, d in strata:
        n = a + b + c + d
        surplus += a - (a + b) * (a + c) / n
        variance += (a + b) * (c + d) * (a + c) * (b + d) / (n * n * (n - 1))
    return max(0.0, abs(surplus) - 0.5) ** 2 / variance


def _standard_error(strata: list[Stratum]) -> float:
    """Return the standard error of the log common odds ratio (Robins, Breslow & Greenland 1986)."""
    for_reference, for_focal = _products(strata)
    both = right = focal = 0.0
    for a, b, c, d in strata:
        n = a + b + c + d
        concordant, r, s = (a + d) / n, a * d / n, b * c / n
        right += concordant * r
        both += concordant * s + (1 - concordant) * r
        focal += (1 - concordant) * s
    variance = (right / for_reference**2 + both / (for_reference * for_focal) + focal / for_focal**2) / 2
    return sqrt(variance)
