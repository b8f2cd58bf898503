"""The tables of docs/compatibility.md are those of the inventory (`--write-golden` writes them)."""

from pathlib import Path

import pytest
from tests.documents.inventory import Sample, documents

PAGE = Path(__file__).parents[2] / "docs" / "compatibility.md"
DIALECTS = ("OpenAI-compatible", "DashScope")
LANGUAGES = ("Python", "Node.js", "curl", "Java", "Go", "C#", "PHP")


def test_the_tables_are_those_of_the_inventory(request: pytest.FixtureRequest) -> None:
    everything = [sample for page in documents() for sample in page.sample]
    tables = {"here": _table("what", everything), "counted": _counts()}
    text = written = PAGE.read_text("utf-8")
    for name, table in tables.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, _, rest = written.partition(begin)
        _, found, after = rest.partition(end)
        assert found, f"the page has no place for the table {name!r}"
        written = f"{before}{begin}\n{table}\n{end}{after}"
    if request.config.getoption("--write-golden"):
        PAGE.write_text(written, "utf-8")
    else:
        assert text == written


def _table(what: str, found: list[Sample]) -> str:
    rows = [f"| {what} | {' | '.join(DIALECTS)} |", "|---|---|---|"]
    for feature in dict.fromkeys(each.feature for each in found):
        cells = [_languages(found, feature, dialect) for dialect in DIALECTS]
        rows.append(f"| {feature} | {' | '.join(cells)} |")
    return "\n".join([*rows, ""])


def _languages(found: list[Sample], feature: str, dialect: str) -> str:
    """In which languages the documents show it."""
    shown = {each.language for each in found if (each.feature, each.dialect) == (feature, dialect)}
    assert shown <= set(LANGUAGES)
    return ", ".join(language for language in LANGUAGES if language in shown) or "-"


def _counts() -> str:
    rows = ["| document | requests |", "|---|---|"]
    rows += [f"| {page.document} | {len(page.sample)} |" for page in documents()]
    return "\n".join([*rows, ""])
