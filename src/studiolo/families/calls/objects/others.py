"""Arguments that stand beside the name of a call, where none have a key of their own."""

import json
from collections.abc import Container

from studiolo.core.requests import Tool
from studiolo.core.schemas.pointers import parameters_of
from studiolo.families.calls.body import plain
from studiolo.families.calls.json_text import STRING, unescaped
from studiolo.families.calls.values import as_string

# Other words that some write for the arguments.
_WORDS = ("action_input", "args", "input", "inputs", "kwargs", "params", "tool_input")
# And for its name.
_NAMES = ("action", "function_name", "tool", "tool_name")


class Others:
    """What stands beside the name, by its keys; of a key given twice the last value counts."""

    def __init__(self) -> None:
        self._values: dict[str, list[str]] = {}
        self._naming = ""  # the key that the name was found under

    def begin(self, key: str) -> None:
        """One more key."""
        self._values[key] = []

    def add(self, key: str, part: str) -> None:
        """More of the JSON text of its value."""
        self._values[key].append(part)

    def name(self, known: Container[str]) -> str:
        """The name that stands under another word for it, if it is one of these."""
        for key in _NAMES:
            value = "".join(self._values.get(key, ())).strip()
            name = plain(unescaped(value[1:-1])) if STRING.fullmatch(value) else ""
            if name in known:
                self._naming = key
                return name
        return ""

    def arguments(self, tool: Tool | None) -> str:
        """Those that this tool declares, else an object under a word for them, else none."""
        values = {key: "".join(parts).strip() for key, parts in self._values.items()}
        declared = parameters_of(json.loads(tool.parameters)) if tool and values else {}
        told = declared.keys() - {self._naming}
        rows = [f"{as_string(key)}: {values[key]}" for key in values if key in told]
        if rows:
            return f"{{{', '.join(rows)}}}"
        objects = (values[key] for key in _WORDS if values.get(key, "").startswith("{"))
        return next(objects, "{}")
