"""Trains the byte-level BPE of the scripted engine and writes its merges, in order.

Reads text that is on every machine: the standard library, our own documents and sample lines.
Run it as `python tools/train_vocabulary.py`; the result is checked in.
"""

import json
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from studiolo.engines.scripted.vocabulary import splitting

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src/studiolo/engines/scripted/merges.txt"
LIBRARY_MODULES = (
    "argparse", "ast", "asyncio", "collections", "csv", "datetime", "difflib", "email", "functools",
    "heapq", "http", "inspect", "json", "logging", "pathlib", "random", "statistics", "string",
    "textwrap", "threading", "typing", "unittest", "urllib",
)  # fmt: skip
LIBRARY_BYTES = 3_000_000
OWN_TEXT_WEIGHT = 20
ENTRIES = 6_000


def texts() -> Iterator[str]:
    """The library once, what is written in many languages often enough to be learned."""
    yield from _library()
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]):
        yield path.read_text(encoding="utf-8")
    own = [ROOT / "tools/samples.txt", ROOT / "src/studiolo/engines/scripted/double/phrases.toml"]
    for path in own:
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from lines * OWN_TEXT_WEIGHT


def _library() -> Iterator[str]:
    folder = Path(sysconfig.get_paths()["stdlib"])
    left = LIBRARY_BYTES
    for module in LIBRARY_MODULES:
        single = folder / f"{module}.py"
        paths = [single] if single.exists() else sorted((folder / module).glob("*.py"))
        for path in paths:
            text = path.read_text(encoding="utf-8", errors="ignore")[:left]
            left -= len(text)
            yield text


def main() -> None:
    """Train, and write one merge on each line."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = splitting()
    trainer = trainers.BpeTrainer(
        vocab_size=ENTRIES,
        min_frequency=2,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
        special_tokens=[],
    )
    tokenizer.train_from_iterator(texts(), trainer)
    merges = _merges(tokenizer)
    TARGET.write_text("".join(f"{left} {right}\n" for left, right in merges), encoding="utf-8")
    print(f"{len(merges)} merges, {TARGET.stat().st_size} bytes: {TARGET.relative_to(ROOT)}")


def _merges(tokenizer: Tokenizer) -> list[tuple[str, str]]:
    document = json.loads(tokenizer.to_str())
    return [tuple(pair) for pair in document["model"]["merges"]]


if __name__ == "__main__":
    main()
