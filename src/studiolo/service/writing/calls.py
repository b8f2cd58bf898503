"""What tools come to in one choice: what is offered, what is forced, and where one call is enough.

Law: a call is never cut by anything but the caller's limit and stops.
"""

from array import array
from collections.abc import AsyncGenerator
from contextlib import aclosing
from hashlib import blake2b

import msgspec
from msgspec.structs import replace

from studiolo.core.events import Event
from studiolo.core.generation import ForcedCalls, Generation
from studiolo.core.mode_errors import ToolsNotSupported
from studiolo.core.prompt import Special
from studiolo.core.requests import ChatRequest, Tool
from studiolo.families.base import CallStyle, Family, Offer
from studiolo.service.writing.author import Author

# Ids are `call_` and so many hex digits (reference/02 section 4).
ID_BYTES = 12


class Calling(msgspec.Struct, frozen=True):
    """The tools on offer and how their calls are written; with `once`, one call ends the answer."""

    tools: tuple[Tool, ...]
    style: CallStyle
    forced: ForcedCalls | None
    once: bool

    @property
    def last_tag(self) -> str | None:
        """Where to stop and look whether the one call is complete; a forced one ends by itself."""
        return self.style.end if self.once and self.forced is None else None

    def offer(self, generation: Generation, choice: int) -> Offer:
        """What the parser of this choice needs. The same prompt and seed give the same ids."""

        def call_id(index: int) -> str:
            digest = blake2b(array("q", generation.prompt.ids).tobytes(), digest_size=ID_BYTES)
            digest.update(f"{generation.sampling.seed} {choice} {index}".encode())
            return f"call_{digest.hexdigest()}"

        forced = self.forced is not None and self.forced.or_schema is None
        return Offer(self.tools, call_id, self.once, forced)


def calling(request: ChatRequest, family: Family) -> Calling | None:
    """What this request may call; None where it may not.

    Raises ToolsNotSupported if the weights know no calls, ToolParametersInvalid if their calls
    cannot carry what a tool declares.
    """
    choice = request.tool_choice
    if not request.tools or choice.kind == "none":
        return None
    style = family.calls
    if style is None:
        raise ToolsNotSupported
    forced = None
    every = {tool.name: style.form(tool) for tool in request.tools}
    or_schema = request.answer_schema if choice.kind == "auto" else None
    if choice.kind != "auto" or or_schema is not None:
        forms = (every[choice.name],) if choice.kind == "named" else tuple(every.values())
        forced = ForcedCalls(forms, several=request.parallel_calls, or_schema=or_schema)
    return Calling(request.tools, style, forced, once=not request.parallel_calls)


def write_until_called(
    author: Author, generation: Generation, *, last_tag: str | None
) -> AsyncGenerator[Event]:
    """One run; with a `last_tag` it ends there if a call is complete, else it is run on with."""
    if last_tag is None or last_tag in generation.stop:
        return author.write(generation)
    return _until_called(author, generation, last_tag)


async def _until_called(
    author: Author, generation: Generation, last_tag: str
) -> AsyncGenerator[Event]:
    before = author.output
    run = replace(generation, stop=(*generation.stop, last_tag))
    while run.max_tokens > 0:
        async with aclosing(author.write(run)) as events:
            async for event in events:
                yield event
        if author.ended.matched_stop != last_tag:
            return
        for event in await resume_after(author, last_tag):
            yield event
        if author.called:
            return
        run = replace(run, max_tokens=generation.max_tokens - (author.output - before))
    author.run_out()


async def resume_after(author: Author, tag: str) -> list[Event]:
    """The tag the last run stopped at belongs to what was written, and the next run reads it."""
    await author.keep()
    return await author.restore((Special(tag),))
