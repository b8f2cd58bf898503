"""Frames, segments and orphans: nothing that was appended is lost, nothing is kept for ever."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.storage.journals import STORY, WHOLE, asked, journal, row, story

from studiolo.core.errors import LedgerFull
from studiolo.core.ledger import Note, Opened, Progress, Settled
from studiolo.core.usage import Usage
from studiolo.storage.frames import Reading, frame, read
from studiolo.storage.journal import Journal
from studiolo.storage.orphans import orphans


def test_notes_are_read_as_they_were_written() -> None:
    assert read(WHOLE) == Reading(tuple(STORY), 0)


@given(st.integers(0, len(WHOLE)))
def test_a_torn_end_costs_only_the_torn_note(cut: int) -> None:
    ends = [sum(len(frame(note)) for note in STORY[: n + 1]) for n in range(len(STORY))]
    whole_notes = sum(end <= cut for end in ends)
    torn_bytes = cut - max((end for end in ends if end <= cut), default=0)
    assert read(WHOLE[:cut]) == Reading(tuple(STORY[:whole_notes]), torn_bytes)


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_damaged_byte_costs_one_note_at_most(place: int, flip: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[place] ^= flip
    reading = read(bytes(damaged))
    assert len(reading.notes) == len(STORY) - 1
    assert all(note in STORY for note in reading.notes)
    (lost,) = [note for note in STORY if note not in reading.notes]
    assert reading.damaged_bytes == len(frame(lost))


@given(st.binary(max_size=400))
def test_garbage_is_passed_over(garbage: bytes) -> None:
    assert list(read(garbage + WHOLE).notes)[-len(STORY) :] == STORY


def test_segments_go_when_their_rows_are_saved(folder: Path) -> None:
    book = journal(folder)
    for note in STORY:
        book.append(note)
    assert len(list(folder.iterdir())) > 2
    assert book.unsaved == 5
    for number in range(5):
        book.saved(f"request-{number}")
    assert book.unsaved == 0
    written = [len(path.read_bytes().rstrip(b"\0")) for path in folder.iterdir()]
    assert len(written) == 2
    assert sorted(written) == [0, book.size_bytes]
    book.close()
    assert list(folder.iterdir()) == []


def test_an_open_request_keeps_its_segment(folder: Path) -> None:
    book = journal(folder)
    book.append(Opened(asked(99)))
    for note in STORY:
        book.append(note)
    for number in range(5):
        book.saved(f"request-{number}")
    book.close()
    (orphan,) = orphans(folder)
    assert Opened(asked(99)) in orphan.notes


def test_a_process_that_is_gone_leaves_one_orphan_in_order(folder: Path) -> None:
    book = journal(folder)
    for note in STORY:
        book.append(note)
    book.sync()
    book.close()
    (orphan,) = orphans(folder)
    assert list(orphan.notes) == STORY
    assert len(orphan.paths) > 1
    orphan.remove()
    assert orphans(folder) == []


def test_a_living_process_is_left_alone(folder: Path) -> None:
    alive, gone = journal(folder, node="alive"), journal(folder, node="gone")
    alive.append(Opened(asked(1)))
    gone.append(Opened(asked(2)))
    gone.close()
    assert [orphan.notes for orphan in orphans(folder)] == [(Opened(asked(2)),)]
    alive.close()


def test_a_folder_that_is_not_there_has_no_orphans(folder: Path) -> None:
    assert orphans(folder) == []


def test_a_full_journal_says_so(folder: Path) -> None:
    book = Journal(folder, "node", cap_bytes=200, segment_bytes=300)
    book.check_room()
    for note in story(1):
        book.append(note)
    with pytest.raises(LedgerFull) as full:
        book.check_room()
    assert full.value.size_bytes == book.size_bytes
    book.close()


def test_saved_rows_make_room_below_the_bound(folder: Path) -> None:
    book = Journal(folder, "node", cap_bytes=4000)
    for number in range(200):
        book.check_room()
        for note in story(number):
            book.append(note)
        book.saved(f"request-{number}")
    assert book.size_bytes < 4000
    book.close()


def test_the_last_progress_of_an_open_answer_is_kept(folder: Path) -> None:
    book = journal(folder)
    book.append(Opened(asked(99)))
    for number in range(20):
        book.append(Progress("request-99", Usage(output=number)))
        for note in story(number):
            book.append(note)
        book.saved(f"request-{number}")
    for note in story(20) * 3:
        book.append(note)
    book.saved("request-20")
    assert len(list(folder.iterdir())) <= 4
    book.close()
    (orphan,) = orphans(folder)
    told = [note for note in orphan.notes if isinstance(note, Progress)]
    assert told[-1] == Progress("request-99", Usage(output=19))


def test_segments_that_come_and_go_can_be_synced_all_the_while(folder: Path) -> None:
    book = journal(folder)
    with ThreadPoolExecutor(1) as other:
        syncing = other.submit(lambda: [book.sync() for _ in range(200)])
        for number in range(200):
            for note in story(number):
                book.append(note)
            book.saved(f"request-{number}")
        syncing.result()
    book.close()
    book.sync()


def test_the_journal_is_for_its_owner_alone(folder: Path) -> None:
    book = journal(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())
    book.close()


def test_a_folder_that_was_removed_is_made_again(folder: Path) -> None:
    book = journal(folder)
    book.append(Opened(asked(1)))
    shutil.rmtree(folder)
    assert not book.has_row("request-1")
    for number in range(1, 20):
        for note in story(number):
            book.append(note)
        assert book.has_row(f"request-{number}")
    book.sync()
    book.close()
    (orphan,) = orphans(folder)
    settled = [note for note in orphan.notes if isinstance(note, Settled)]
    assert settled == [Settled(row(number)) for number in range(1, 20)]


def test_an_orphan_that_vanishes_was_settled_by_somebody_else(folder: Path) -> None:
    for number in range(50):
        book = journal(folder, node=f"gone-{number}")
        for note in STORY:
            book.append(note)
        book.close()

    def settle_all() -> int:
        found = orphans(folder)
        for orphan in found:
            orphan.remove()
        return len(found)

    with ThreadPoolExecutor(4) as others:
        rounds = [others.submit(settle_all) for _ in range(4)]
        assert sum(each.result() for each in rounds) >= 50
    assert list(folder.iterdir()) == []


DAMAGE = [
    ("nothing but garbage", b"no note at all", [], 14),
    ("a head without its note", WHOLE[:6], [], 6),
    ("garbage in the middle", frame(STORY[0]) + b"\0" * 9 + frame(STORY[1]), STORY[:2], 9),
    ("a torn note before blank space", WHOLE[:-1] + bytes(1), STORY[:-1], len(frame(STORY[-1]))),
    ("a torn last note", WHOLE[:-1], STORY[:-1], len(frame(STORY[-1])) - 1),
]


@pytest.mark.parametrize(
    ("data", "told", "damaged_bytes"),
    [each[1:] for each in DAMAGE],
    ids=[each[0] for each in DAMAGE],
)
def test_what_cannot_be_read_is_kept_and_not_read_again(
    folder: Path, data: bytes, told: list[Note], damaged_bytes: int
) -> None:
    folder.mkdir()
    path = folder / "gone-000001.journal"
    path.write_bytes(data)
    (orphan,) = orphans(folder)
    assert list(orphan.notes) == told
    assert orphan.damaged == {path: damaged_bytes}
    orphan.remove()
    orphan.remove()
    assert [(each.name, each.read_bytes()) for each in folder.iterdir()] == [
        ("gone-000001.journal.damaged", data)
    ]
    assert orphans(folder) == []
