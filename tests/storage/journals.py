"""Journals that tests write to, and what stands in them."""

from pathlib import Path

from studiolo.core.ledger import Asked, Note, Opened, Progress, Row, Settled
from studiolo.core.usage import Usage
from studiolo.storage.frames import frame, read
from studiolo.storage.journal import Journal


def asked(number: int) -> Asked:
    """One request."""
    return Asked(f"request-{number}", "key-1", "default", "openai", 1_000_000 + number)


def row(number: int) -> Row:
    """Its row."""
    usage = Usage(input=number, output=2 * number)
    return Row(asked(number), "completed", usage, 2_000_000)


def story(number: int) -> list[Note]:
    """All notes of it."""
    progress = Progress(f"request-{number}", Usage(input=number, output=number))
    return [Opened(asked(number)), progress, Settled(row(number))]


STORY = [note for number in range(5) for note in story(number)]
WHOLE = b"".join(frame(note) for note in STORY)


def journal(folder: Path, *, node: str = "node", segment_bytes: int = 300) -> Journal:
    """One with little room in each of its files."""
    return Journal(folder, node, cap_bytes=100_000, segment_bytes=segment_bytes)


def notes_in(folder: Path) -> list[Note]:
    """What the next start would find."""
    return [
        note for path in sorted(folder.glob("*.journal")) for note in read(path.read_bytes()).notes
    ]
