"""What is reserved for the notes of ends: kept, filled up, and given to nobody else."""

import resource
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.storage.journals import STORY, WHOLE, asked, notes_in, row

from studiolo.core.ledger import Asked, Opened, Progress, Row, Settled, Status
from studiolo.core.usage import Usage
from studiolo.storage.frames import frame
from studiolo.storage.journal import RESERVE_BYTES, SETTLING_BYTES, Journal
from studiolo.storage.orphans import orphans


@contextmanager
def no_file_beyond(size_bytes: int) -> Generator[None]:
    """No file of this process grows beyond that: as on a full disk, what is there stays usable."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def long_journal(folder: Path) -> Journal:
    """Its one segment is longer than the reserve, which thus can be used where it cannot."""
    book = Journal(folder, "node", cap_bytes=10**8)
    wordy = Asked("request-0", "key-1", "default", "openai", 1, model="m" * 60_000)
    while book.size_bytes < 2 * RESERVE_BYTES:
        book.append(Settled(Row(wordy, "refused", Usage(), 2)))
    return book


@pytest.fixture
def long(folder: Path) -> Generator[Journal]:
    """The same, and an answer that runs."""
    book = long_journal(folder)
    book.append(Opened(asked(200)))
    yield book
    book.close()


def test_the_end_of_an_answer_has_its_place_on_a_full_disk(long: Journal, folder: Path) -> None:
    with no_file_beyond(long.size_bytes):
        with pytest.raises(OSError, match="large"):
            long.append(Opened(asked(201)))
        with pytest.raises(OSError, match="large"):
            long.append(Progress("request-200", Usage(output=1)))
        long.append(Settled(row(200)))
        assert long.has_row("request-200")
        assert not long.has_row("request-201")
    assert Settled(row(200)) in notes_in(folder)
    assert long.unsaved == 2


def test_the_reserve_is_filled_up_before_the_next_answer_begins(
    long: Journal, folder: Path
) -> None:
    with no_file_beyond(long.size_bytes):
        long.append(Settled(row(200)))
    for number in (201, 202):
        long.append(Opened(asked(number)))
        assert RESERVE_BYTES in [path.stat().st_size for path in folder.iterdir()]
        with no_file_beyond(long.size_bytes):
            long.append(Settled(row(number)))
    assert long.unsaved == 4
    for number in range(200, 203):
        long.saved(f"request-{number}")
    assert len(list(folder.iterdir())) == 2


def test_what_is_promised_to_running_answers_nobody_else_gets(long: Journal) -> None:
    """Rows of refused requests may take of the reserve what no answer will need."""
    refused = 0
    with no_file_beyond(long.size_bytes):
        with suppress(OSError):
            while True:
                long.append(Settled(row(1000 + refused)))
                refused += 1
        long.append(Settled(row(200)))
    assert refused > 1000
    assert long.has_row("request-200")


def test_the_reserve_grows_with_the_answers_that_run(folder: Path) -> None:
    book = long_journal(folder)
    many = 2 * RESERVE_BYTES // SETTLING_BYTES
    for number in range(many):
        book.append(Opened(asked(number)))
    with no_file_beyond(book.size_bytes):
        for number in range(many):
            book.append(Settled(row(number)))
    book.close()
    settled = [note for note in notes_in(folder) if isinstance(note, Settled)]
    assert {note.row.asked.request_id for note in settled} == {f"request-{n}" for n in range(many)}


def test_answers_that_did_not_begin_were_promised_nothing(folder: Path) -> None:
    """However many they are, the reserve is as large as before when there is room again."""
    book = long_journal(folder)
    book.append(Opened(asked(0)))
    with no_file_beyond(book.size_bytes):
        for number in range(1, 2 * RESERVE_BYTES // SETTLING_BYTES):
            with suppress(OSError):
                book.append(Opened(asked(number)))
    book.append(Opened(asked(1)))
    sizes = sorted(path.stat().st_size for path in folder.iterdir())
    assert sizes == [RESERVE_BYTES, book.size_bytes]
    book.close()


def test_without_a_place_for_its_end_no_answer_begins(folder: Path) -> None:
    book = Journal(folder, "node", cap_bytes=10**6)
    with no_file_beyond(RESERVE_BYTES - 1), pytest.raises(OSError, match="large"):
        book.append(Opened(asked(1)))
    assert len(list(folder.iterdir())) == 1
    book.append(Opened(asked(1)))
    book.close()
    assert notes_in(folder) == [Opened(asked(1))]


@given(
    st.builds(Asked, *(st.text(max_size=40) for _ in range(3)), st.just("openai"), st.just(1)),
    st.sampled_from(get_args(Status)),
    st.integers(0, 2**63),
)
def test_the_note_of_an_end_is_as_long_as_was_promised(
    who: Asked, status: Status, count: int
) -> None:
    usage = Usage(**dict.fromkeys(Usage.__struct_fields__, count))
    whole = Row(who, status, usage, count, error="E" * 64, first_token_us=count)
    assert len(frame(Settled(whole))) <= len(frame(Opened(who))) + SETTLING_BYTES


def test_a_process_that_was_killed_leaves_a_reserve_that_is_no_damage(folder: Path) -> None:
    folder.mkdir()
    (folder / "gone-000001.journal").write_bytes(WHOLE + bytes(5000))
    (folder / "gone-000002.journal").write_bytes(bytes(5000))
    (orphan,) = orphans(folder)
    assert (list(orphan.notes), orphan.damaged) == (STORY, {})
    orphan.remove()
    assert list(folder.iterdir()) == []
