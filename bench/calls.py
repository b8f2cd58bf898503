"""What tools cost: processor time of the parser of calls, for prose, JSON and XML."""

import time
from collections.abc import Iterable, Sequence
from itertools import chain, cycle, islice, repeat

from studiolo.core.generation import Delta
from studiolo.core.requests import Tool
from studiolo.families.base import Family, Offer
from studiolo.families.table import FAMILIES

JSON, XML = FAMILIES["qwen2.5"], FAMILIES["qwen3-coder"]
PARAMETERS = '{"type":"object","properties":{"text":{"type":"string"},"at":{"type":"array"}}}'
NOTE = Tool("note", "", PARAMETERS)
OFFER = Offer((NOTE,), "call_{}".format)

# Two chunks in twelve are held back, as in real answers: newlines, and what may become a tag.
PROSE = ("First", " we", " look", " at", " the", " bread", ".", "\n", "Then", " a", " <", " b")
# Half of the arguments is a text with quotes and half a tag in it, half a list of objects.
ITEMS = ('{"', "n", '":', " ", "1", "2", "},", " ")
WORDS = 1_200
CHUNKS = 60_000


def parser_cost(chunks: int = CHUNKS) -> dict[str, float]:
    """Microseconds for each chunk.

    For prose they are what offering tools adds; all that arguments cost is added by them.
    """
    told = rows(chunks)
    prose = told["calls.prose"]
    return {
        "calls.prose": _cost(JSON, prose, offer=OFFER) - _cost(JSON, prose, offer=None),
        "calls.json": _cost(JSON, told["calls.json"], offer=OFFER),
        "calls.xml": _cost(XML, told["calls.xml"], offer=OFFER),
    }


def rows(chunks: int) -> dict[str, list[Delta]]:
    """What is read for each figure: so many chunks, or as many calls as come to them."""
    return {
        "calls.prose": _deltas(islice(cycle(PROSE), chunks)),
        "calls.json": _several(_in_json(), chunks),
        "calls.xml": _several(_in_xml(), chunks),
    }


def _cost(family: Family, row: Sequence[Delta], *, offer: Offer | None) -> float:
    parser = family.parser_after((), 0, offer=offer)
    start = time.process_time()
    for delta in row:
        for _ in parser.feed(delta):
            pass
    return (time.process_time() - start) / len(row) * 1e6


def _several(call: Sequence[str], chunks: int) -> list[Delta]:
    return _deltas(chain.from_iterable(repeat(call, -(-chunks // len(call)))))


def _in_json() -> list[str]:
    """A text, and a list of objects, as Hermes writes them."""
    words = (
        "First",
        " we",
        " look",
        ' at \\"',
        "bread",
        '\\"',
        " {",
        " in",
        "\\n",
        " <",
        " b",
        "}",
    )
    return [
        *("<tool_call>", "\n", '{"', "name", '":', ' "', "note", '",', ' "', "arguments", '":'),
        *(' {"', "text", '":', ' "', *islice(cycle(words), WORDS // 2), '",', ' "', "at", '":'),
        *(" [", *islice(cycle(ITEMS), WORDS // 2), "{}]}}", "\n", "</tool_call>", "\n"),
    ]


def _in_xml() -> list[str]:
    """The same as the coding models write it."""
    words = ("First", " we", " look", ' at "', "bread", '"', " {", " in", "\n", " </", " b", "}")
    return [
        *("<tool_call>", "\n", "<function", "=", "note", ">\n", "<", "parameter", "=text", ">\n"),
        *(*islice(cycle(words), WORDS // 2), "\n", "</", "parameter", ">\n"),
        *("<", "parameter", "=at", ">\n", "[", *islice(cycle(ITEMS), WORDS // 2), "{}]", "\n"),
        *("</", "parameter", ">\n", "</", "function", ">\n", "</tool_call>", "\n"),
    ]


def _deltas(pieces: Iterable[str]) -> list[Delta]:
    return [Delta(piece, 1) for piece in pieces]
