"""`studiolo chat`: talk to any server that speaks the OpenAI dialect."""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from studiolo.cli.terminal import CommandFailed, examples, harmless, notes, plain
from studiolo.core.errors import StudioloError

if TYPE_CHECKING:
    from studiolo.cli.talk import Conversation, Figures

EXAMPLES = examples(
    "studiolo chat --key sk-…",
    "studiolo chat 'Who are you?'",
    "echo 'Who are you?' | studiolo chat",
    "studiolo chat --url https://dashscope.aliyuncs.com --model qwen-plus",
)

_HELP = """[bold]/reset[/bold]  forget what was said
[bold]/exit[/bold]   end (or Ctrl-D)
[bold]/help[/bold]   this text
[dim]Ctrl-C stops an answer.[/dim]"""

Message = Annotated[str | None, typer.Argument(help="One question; without it, a conversation.")]
# The key of a server here must not go to anybody else.
_KEYS_HERE = ("STUDIOLO_API_KEY", "DASHSCOPE_API_KEY", "OPENAI_API_KEY")
_KEYS_ELSEWHERE = ("DASHSCOPE_API_KEY", "OPENAI_API_KEY")

Url = Annotated[str, typer.Option(help="Host or base URL.")]
Key = Annotated[
    str,
    typer.Option(
        help="API key; else STUDIOLO_API_KEY (for a server here), DASHSCOPE_API_KEY or "
        "OPENAI_API_KEY.",
        show_default=False,
    ),
]
Model = Annotated[str, typer.Option(help="Model name.")]
System = Annotated[str, typer.Option(help="System message.", show_default=False)]


def chat(
    message: Message = None,
    url: Url = "http://127.0.0.1:8600",
    key: Key = "",
    model: Model = "qwen-plus",
    system: System = "",
) -> None:
    """Talk to a model, here or anywhere.

    Each line is a message; after each answer come its tokens and times.
    """
    from studiolo.cli.talk import Conversation

    conversation = Conversation(url=url, key=key or _key_for(url), model=model, system=system)
    if message is not None:
        _answer(conversation, message)
    elif sys.stdin.isatty():
        _talk(conversation)
    else:
        lines = (line.strip() for line in sys.stdin)
        # Ends with the first line that says so.
        all(_obey(conversation, line) for line in lines if line)


def _key_for(url: str) -> str:
    """The key in the environment. Raises CommandFailed if there is none."""
    from studiolo.cli.talk import is_here

    names = _KEYS_HERE if is_here(url) else _KEYS_ELSEWHERE
    key = next((os.environ[name] for name in names if os.environ.get(name)), None)
    if key is None:
        raise CommandFailed(f"no API key: give --key or set {' or '.join(names)}")
    return key


def _talk(conversation: "Conversation") -> None:
    from contextlib import suppress
    from importlib import import_module

    with suppress(ImportError):
        import_module("readline")  # gives `input` its line editing

    whom = f"{conversation.model} at {conversation.url}; /help for help"
    notes().print(plain(whom, "dim"))
    while True:
        try:
            line = input("\n> ").strip()
        except (EOFError, KeyboardInterrupt):
            typer.echo()
            return
        try:
            if line and not _obey(conversation, line):
                return
        except KeyboardInterrupt:
            notes().print("\n[dim]stopped[/dim]")
        except StudioloError as error:
            notes().print(plain(str(error), "red"))


def _obey(conversation: "Conversation", line: str) -> bool:
    """Does what the line says; False to end."""
    match line:
        case "/exit" | "/quit":
            return False
        case "/reset":
            conversation.reset()
            notes().print("[dim]forgotten[/dim]")
        case "/help":
            notes().print(_HELP)
        case _:
            _answer(conversation, line)
    return True


def _answer(conversation: "Conversation", question: str) -> None:
    import asyncio

    figures = asyncio.run(conversation.ask(question, _Writer().say))
    typer.echo()
    notes().print(f"[dim]{_line(figures)}[/dim]")


class _Writer:
    """Writes pieces as they come; reasoning is dim, and on standard error."""

    def __init__(self) -> None:
        self._was_reasoning = False

    def say(self, piece: str, is_reasoning: bool) -> None:
        if self._was_reasoning and not is_reasoning:
            typer.echo("\n", err=True)
        self._was_reasoning = is_reasoning
        to_terminal = (sys.stderr if is_reasoning else sys.stdout).isatty()
        piece = harmless(piece) if to_terminal else piece
        if is_reasoning and to_terminal and not os.environ.get("NO_COLOR"):
            piece = typer.style(piece, dim=True)
        # With `color` nothing is taken out: to a file the answer goes as it is.
        typer.echo(piece, nl=False, err=is_reasoning, color=True)


def _line(figures: "Figures") -> str:
    times = f"first after {figures.first_s * 1000:.0f} ms, all after {figures.total_s:.2f} s"
    if figures.input_tokens is None:
        return times
    return f"{figures.input_tokens} tokens in, {figures.output_tokens} out; {times}"
