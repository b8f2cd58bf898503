"""Folders for sockets: one for each process, and none for processes that are gone."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from studiolo.storage.run_folder import run_folder

HOLD = """
import sys
from pathlib import Path
from studiolo.storage.run_folder import run_folder
with run_folder(Path(sys.argv[1]), "killed"):
    print("in", flush=True)
    sys.stdin.read()
"""


def test_a_folder_goes_when_it_is_left(tmp_path: Path) -> None:
    with run_folder(tmp_path / "run", "me") as folder:
        (folder / "engine.sock").touch()
        assert folder.stat().st_mode & 0o777 == 0o700
    assert list((tmp_path / "run").iterdir()) == []


def test_what_a_killed_process_left_is_swept_and_the_living_are_not(tmp_path: Path) -> None:
    run = tmp_path / "run"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(run)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"in\n"
        with run_folder(run, "me"):
            assert sorted(path.name for path in run.iterdir()) == ["killed", "me"]
        process.kill()
        process.wait()
    with run_folder(run, "later"):
        assert [path.name for path in run.iterdir()] == ["later"]


def test_folders_lent_elsewhere_go_too(tmp_path: Path) -> None:
    lent, run = tmp_path / "lent", tmp_path / "run"
    lent.mkdir()
    (lent / "engine.sock").touch()
    left = run / "killed" / "engine"
    left.mkdir(parents=True)
    (left / "lent").symlink_to(lent)
    with run_folder(run, "later"):
        assert not lent.exists()
        assert [path.name for path in run.iterdir()] == ["later"]


def test_many_come_and_go_at_once(tmp_path: Path) -> None:
    def come_and_go(name: str) -> None:
        for number in range(50):
            with run_folder(tmp_path / "run", f"{name}-{number}") as folder:
                assert folder.is_dir()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(come_and_go, name) for name in "abcd"]:
            done.result()
    assert list((tmp_path / "run").iterdir()) == []


def test_a_parent_that_somebody_removed_is_no_reason_to_fail(tmp_path: Path) -> None:
    with run_folder(tmp_path / "run", "me"):
        shutil.rmtree(tmp_path / "run")
    assert not (tmp_path / "run").exists()
