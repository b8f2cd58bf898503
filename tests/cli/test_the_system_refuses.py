"""What the operating system refuses is told in a line, and ends with status 1."""

import subprocess
import sys
from pathlib import Path

import pytest

from studiolo.cli.terminal import explain

STUDIOLO = [sys.executable, "-m", "studiolo"]
SERVE = ("serve", "--double", "--port=0")


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("weights", ("pull",)),
        ("run", SERVE),
        ("journal", SERVE),
        ("journal", ("usage",)),
        ("journal", ("usage", "--rows")),
    ],
)
def test_a_file_in_the_place_of_a_folder(folder, words, tmp_path, clean, home):
    home.mkdir(mode=0o700)
    (home / folder).write_text("")
    done = subprocess.run(
        [*STUDIOLO, *words],
        cwd=tmp_path,
        env=clean | {"STUDIOLO_API_KEY": "sk-x"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"studiolo: {home / folder}: a file lies where a folder is needed; move it away\n"
    )


WRITERS = [("models",), ("models", "--names"), ("config",), ("version",), ("usage", "--rows")]


@pytest.mark.parametrize("words", [*WRITERS, ("keys", "create"), SERVE])
def test_a_full_disk_behind_standard_output(words, tmp_path, clean):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*STUDIOLO, *words],
            cwd=tmp_path,
            env=clean | {"STUDIOLO_API_KEY": "sk-x"},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert last == "studiolo: the system refuses: No space left on device"


@pytest.mark.parametrize("words", WRITERS)
def test_a_reader_that_has_enough_is_no_failure_to_talk_about(words, tmp_path, clean):
    with subprocess.Popen(
        [*STUDIOLO, *words],
        cwd=tmp_path,
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 1


def test_without_standard_output_no_key_is_made(tmp_path, clean, home):
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *STUDIOLO, "keys", "create"],
        cwd=tmp_path,
        env=clean,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "studiolo: standard output is closed; send it to a file or to /dev/null\n"
    )
    assert not home.exists()


def test_a_time_that_ran_out_unseen_is_a_mistake_of_ours():
    with pytest.raises(TimeoutError):
        explain(TimeoutError())
