"""Intervals as numpy and SciPy have them, for what the server answers to be held against."""

import numpy
import pytest
from scipy import stats


def delta_margin(top, bottom):
    """Half the 95% interval of a ratio of sums over people, each with a top and a bottom."""
    rate = top.sum() / bottom.sum()
    error = numpy.std(top - rate * bottom, ddof=1) / numpy.sqrt(len(top)) / bottom.mean()
    return stats.t.ppf(0.975, len(top) - 1) * error


def check_share(share, top, bottom):
    """Of people with one trial each Wilson's interval, else that of the ratio, within 0 and 1."""
    rate = top.sum() / bottom.sum()
    assert share["rate"] == pytest.approx(rate, abs=1e-12)
    if (bottom == 1).all() or not 0 < rate < 1:
        low, high = stats.binomtest(int(top.sum()), int(bottom.sum())).proportion_ci(method="wilson")
    else:
        margin = delta_margin(top, bottom)
        low, high = max(0, rate - margin), min(1, rate + margin)
    assert (share["low"], share["high"]) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))


def check_ratio(estimate, top, bottom):
    rate, margin = top.sum() / bottom.sum(), delta_margin(top, bottom)
    wanted = (rate, max(0, rate - margin), rate + margin)
    assert (estimate["value"], estimate["low"], estimate["high"]) == pytest.approx(wanted, rel=1e-9)
