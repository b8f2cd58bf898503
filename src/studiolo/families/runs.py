"""Rows of runs: neighbouring texts joined, and control tokens that weights lack written out."""

from collections.abc import Iterable, Iterator, Set

from studiolo.core.prompt import Run, Special, Text


def joined(runs: Iterable[Run]) -> Iterator[Run]:
    """Neighbouring texts as one run, so that they are tokenized as one text; none is empty."""
    pending: list[str] = []
    for run in runs:
        if isinstance(run, Text):
            if run.text:
                pending.append(run.text)
            continue
        if pending:
            yield Text("".join(pending))
            pending.clear()
        yield run
    if pending:
        yield Text("".join(pending))


def written_for(runs: tuple[Run, ...], special_tokens: Set[str]) -> tuple[Run, ...]:
    """The runs for weights with these control tokens.

    A model whose vocabulary has no token for a tag, such as `<tool_call>`, was taught the tag as
    text; so there it is text.
    """
    if all(not isinstance(run, Special) or run.name in special_tokens for run in runs):
        return runs
    return tuple(
        joined(
            Text(run.name) if isinstance(run, Special) and run.name not in special_tokens else run
            for run in runs
        )
    )
