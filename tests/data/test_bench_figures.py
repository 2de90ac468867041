"""Figures of benchmarks: when a target is met, and what the load generator said."""

import pytest

from tests.benchmarks.measure import Figure
from tests.benchmarks.servers import parse_wrk

SAID = """Running 2s test @ http://127.0.0.1:18091
  1 threads and 1 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   377.67ms   71.40ms 526.30ms   65.38%
    Req/Sec     2.23      0.82     4.00     76.92%
  Latency Distribution
     50%  383.98us
     75%  417.51ms
  26 requests in 10.07s, 14.08MB read
  Socket errors: connect 0, read 1, write 0, timeout 2
  Non-2xx or 3xx responses: 4
Requests/sec:      2.58
"""


@pytest.mark.parametrize(
    ("value", "better", "target", "peer", "ratio", "met"),
    [
        (20.0, "less", 25.0, 6.0, 4.0, True),
        (26.0, "less", 25.0, 10.0, 4.0, False),
        (20.0, "less", 25.0, 4.0, 4.0, False),
        (2600.0, "more", None, 2.6, 1000.0, True),
        (2500.0, "more", None, 2.6, 1000.0, False),
    ],
)
def test_figure_when_compared_then_both_targets_count(
    value: float, better: str, target: float | None, peer: float, ratio: float, met: bool
) -> None:
    figure = Figure("import", value, "s", better, target, ("peer", peer), ratio)

    assert figure.met is met


def test_load_when_wrk_reports_errors_then_all_of_them_count_as_failed() -> None:
    load = parse_wrk(SAID)

    assert (load.requests, load.per_second, load.failed) == (26, 2.58, 7)
    assert load.median_ms == pytest.approx(0.38398)
