"""The test vectors shared with the browser are what the Python core says today."""

from tests.vectors.make_topology import TARGET, text


def test_topology_vectors_when_made_again_then_equal_the_file() -> None:
    assert TARGET.read_text(encoding="utf-8") == text()
