"""Jinja for templates that came with weights: no way out, and no end of loops, calls or text.

Law: what a template may use up is counted in `Budget`. The sandbox guards the machine against the
template; whoever chose the weights answers for what they say.
"""

import datetime
import json
import re
from collections.abc import Iterable, Iterator
from typing import Final, NoReturn, cast

from jinja2 import Environment, Template, TemplateError, nodes, pass_context, pass_environment
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

_MOST_STEPS: Final = 500_000
_MOST_CHARACTERS: Final = 16 << 20
# Letters that stand for what callers wrote; such as Python's `repr` shows as they are.
STAND_INS: Final = range(0x20000, 0x2A6D7)
_BEYOND_ASCII: Final = re.compile(f"[^\\x00-\\x7f{chr(STAND_INS[0])}-{chr(STAND_INS[-1])}]")
_BUDGET: Final = "budget of this rendering"


class Refused(TemplateError):
    """The template called `raise_exception`: it does not take these messages."""


class Exhausted(TemplateError):
    """The template used up what it may."""


class Budget:
    """How many loop steps and calls, and how much text, one rendering may still use."""

    def __init__(self) -> None:
        self._steps = _MOST_STEPS
        self._characters = _MOST_CHARACTERS

    def step(self) -> None:
        """One more round of a loop, or one more call."""
        self._steps -= 1
        if self._steps < 0:
            raise Exhausted(f"it takes more than {_MOST_STEPS} steps")

    def write(self, characters: int) -> None:
        """So much more text."""
        self._characters -= characters
        if self._characters < 0:
            raise _too_much_text()


class Sandbox(ImmutableSandboxedEnvironment):
    """What Hugging Face's templates expect, counted."""

    intercepted_binops = frozenset(("*", "**", "+", "%"))

    def __init__(self) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.loopcontrols"],
            finalize=_counted_text,
        )
        filters = cast("dict[str, object]", self.filters)
        for padding in ("center", "format", "indent"):
            del filters[padding]
        filters.update(tojson=_tojson, counted=_counted_steps, written=_written, join=_joined)
        names = cast("dict[str, object]", self.globals)
        names.update(raise_exception=_raise_exception, strftime_now=_strftime_now)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        counted: nodes.Template = _Counting(self).visit(tree)
        return counted

    def call(self, __context: Context, __obj: object, *args: object, **kwargs: object) -> object:
        """A call from within the template."""
        _budget(__context).step()
        if any(isinstance(each, int) and each > _MOST_CHARACTERS for each in args):
            raise _too_much_text()
        called: object = super().call(__context, __obj, *args, **kwargs)
        return called

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        """An operation whose result can be much larger than what goes into it."""
        del context
        if operator == "**" or (operator == "%" and isinstance(left, str)):
            raise Exhausted(f"it uses {operator!r}, which has no bound")
        if operator == "+" and _length(left) + _length(right) > _MOST_CHARACTERS:
            raise _too_much_text()
        if operator == "*" and max(_length(left), _length(right)) * _number(left, right) > (
            _MOST_CHARACTERS
        ):
            raise _too_much_text()
        result: object = self.binop_table[operator](left, right)
        return result


def rendered(template: Template, values: dict[str, object]) -> str:
    """The template's text. Raises TemplateError or what the template's mistakes raise."""
    return template.render({**values, _BUDGET: Budget()})


def literals(sandbox: Sandbox, source: str) -> set[str]:
    """The words in the template's expressions: what it compares with, and the keys it asks for."""
    tree = sandbox.parse(source)
    texts = {const.value for const in tree.find_all(nodes.Const) if isinstance(const.value, str)}
    return texts | {getattr_.attr for getattr_ in tree.find_all(nodes.Getattr)}


def _budget(context: Context) -> Budget:
    return cast("Budget", context.get(_BUDGET) or Budget())


def _length(value: object) -> int:
    return len(cast("str", value)) if isinstance(value, str | list | tuple) else 0


def _number(*values: object) -> int:
    return max((each for each in values if isinstance(each, int)), default=0)


def _too_much_text() -> Exhausted:
    return Exhausted(f"it writes more than {_MOST_CHARACTERS} characters")


class _Counting(NodeTransformer):
    """Has the template count its loops, and what it joins with `~`."""

    def __init__(self, environment: Sandbox) -> None:
        self._environment = environment

    def visit_For(self, node: nodes.For) -> nodes.Node:
        """Every round is a step."""
        self.generic_visit(node)
        node.iter = self._through("counted", node.iter)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        """The parts become a list, so that their length is known."""
        self.generic_visit(node)
        return self._through("written", nodes.List(node.nodes, lineno=node.lineno))

    def _through(self, name: str, node: nodes.Node) -> nodes.Filter:
        return nodes.Filter(
            cast("nodes.Expr", node),
            name,
            [],
            [],
            None,
            None,
            lineno=node.lineno,
            environment=self._environment,
        )


@pass_context
def _counted_steps(context: Context, values: Iterable[object]) -> Iterator[object]:
    budget = _budget(context)
    for value in values:
        budget.step()
        yield value


@pass_context
def _counted_text(context: Context, value: object) -> object:
    if isinstance(value, str):
        _budget(context).write(len(value))
    return value


@pass_environment
def _joined(
    environment: Environment, values: Iterable[object], d: str = "", attribute: str | None = None
) -> str:
    if attribute is not None:
        values = (environment.getitem(value, attribute) for value in values)
    return _written(part for value in values for part in (d, value))[len(d) :]


def _written(values: Iterable[object]) -> str:
    texts = [str(value) for value in values]
    if sum(map(len, texts)) > _MOST_CHARACTERS:
        raise _too_much_text()
    return "".join(texts)


def _tojson(value: object, indent: int | None = None, *, ensure_ascii: bool = False) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return (
        _BEYOND_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], text) if ensure_ascii else text
    )


def _raise_exception(message: str) -> NoReturn:
    raise Refused(message)


def _strftime_now(pattern: str) -> str:
    return datetime.datetime.now().astimezone().strftime(pattern)
