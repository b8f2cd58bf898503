"""Writes the table of settings into docs/configuration.md; `--check` only compares."""

import sys
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from studiolo.config.settings import default_of, keys

PAGE = Path(__file__).parent.parent / "docs" / "configuration.md"
BEGIN, END = "<!-- settings: begin -->\n", "<!-- settings: end -->\n"
NAMES = {str: "text", int: "whole number", float: "number", bool: "true or false", Path: "path"}


def table() -> str:
    """One row for each key, in the order of the declarations."""
    rows = ["| key | variable | value | default | meaning |", "|---|---|---|---|---|"]
    for key, field in keys().items():
        default = default_of(field)
        shown = {"home": "`~/.local/share/studiolo`", "deployments": "see below"}.get(
            key, f"`{default}`" if default else "-"
        )
        rows.append(
            f"| `{key}` | {variable(key)} | {kind(field.annotation)} | {shown} "
            f"| {field.description} |"
        )
    return "\n".join(rows) + "\n"


def variable(key: str) -> str:
    """The environment variable of a key; parts of a deployment have none of their own."""
    return "-" if "[]" in key else f"`STUDIOLO_{key.upper().replace('.', '__')}`"


def kind(annotation: object) -> str:
    """The type of a setting in words."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return kind(arguments[0])
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin in {UnionType, Union}:
        (wanted,) = [each for each in arguments if each is not NoneType]
        return kind(wanted)
    if origin is tuple:
        return "list of text" if arguments[0] is str else "list of tables"
    assert isinstance(annotation, type), annotation
    return NAMES[annotation]


def main() -> int:
    """The exit status."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page = before + BEGIN + table() + END + after
    if "--check" not in sys.argv:
        PAGE.write_text(page)
    elif page != PAGE.read_text():
        print(f"{PAGE.name} is not current: run `python tools/settings_table.py`")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
