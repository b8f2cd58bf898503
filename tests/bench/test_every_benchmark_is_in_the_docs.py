"""docs/benchmarks.md says what each benchmark measures."""

from pathlib import Path

from bench.figures import BENCHMARKS

PAGE = (Path(__file__).parents[2] / "docs" / "benchmarks.md").read_text("utf-8")


def test_every_benchmark_has_its_row() -> None:
    assert [name for name in BENCHMARKS if f"\n| `{name}` |" not in PAGE] == []
