"""What a model is about to write, looked at before it stands: a tag, a line, or the answer."""

from studiolo.core.generation import Generation
from studiolo.families.base import CLOSE, OPEN
from studiolo.service.writing.author import Author

# A tag of ordinary letters may be some tokens long, and newlines may stand before it.
MOST_LOOKED = 8


async def opens(author: Author, free: Generation, *, most: int) -> bool:
    """Whether the model is about to open a thought."""
    return await _comes(author, free, tag=OPEN, begun="", most=most)


async def closes(author: Author, free: Generation, *, end: str, most: int) -> bool:
    """Whether the model is about to close its thought, which ends so."""
    return await _comes(author, free, tag=CLOSE, begun=_begun(end), most=most)


def may_close(text: str, *, spelled: bool) -> bool:
    """Whether the end of this text may belong to the tag; it may have begun if that is spelled."""
    return text.endswith("\n") or (spelled and bool(_begun(text)))


def opens_anew(text: str) -> bool:
    """Whether what ought to be an answer begins with a thought that is not over."""
    return text.lstrip().startswith(OPEN) and CLOSE not in text


def stops_in_tag(text: str, stop: str) -> bool:
    """Whether this text and the stop behind it begin the opening tag."""
    return bool(stop) and OPEN.startswith(text + stop)


def may_open(text: str) -> bool:
    """Whether this text is the opening tag or the beginning of it."""
    return text.startswith(OPEN) or OPEN.startswith(text)


def may_begin(stop: str, text: str) -> bool:
    """Whether the text has this stop in it, or the start of it at its end."""
    return stop in text or any(text.endswith(stop[:size]) for size in range(1, len(stop)))


async def _comes(author: Author, free: Generation, *, tag: str, begun: str, most: int) -> bool:
    """Whether the text goes on with this tag, behind newlines or behind the beginning of it."""
    for _ in range(min(most, MOST_LOOKED)):
        text = await author.peek(free)
        if author.begins_known:
            return False
        ahead = begun + text if begun else text.lstrip()
        if ahead.startswith(tag):
            return True
        if not text or not tag.startswith(ahead) or author.ended.reason != "length":
            return False
    return False


def _begun(text: str) -> str:
    """The beginning of a closing tag at the end of this text."""
    sizes = range(len(CLOSE) - 1, 0, -1)
    return next((CLOSE[:size] for size in sizes if text.endswith(CLOSE[:size])), "")
