"""`chat` and the clients of the demo talk to a running server, and pass on what it refuses."""

import re

import pytest

from studiolo.cli.ask import ask_dashscope, ask_openai
from studiolo.cli.terminal import CommandFailed

FIGURES = re.compile(r"\d+ tokens in, \d+ out; first after \d+ ms, all after \d+\.\d\d s")


@pytest.fixture
def chat(run, server):
    """`studiolo chat` with the running double."""

    def talk(*words: str, **options: str):
        return run("chat", "--url", server.url, "--key", server.key, *words, **options)

    return talk


def test_one_question_gets_one_answer_and_its_figures(chat):
    done = chat("Who are you?")
    assert done.exit_code == 0
    assert done.stdout.strip()
    assert FIGURES.fullmatch(done.stderr.strip())


def test_every_line_of_a_pipe_is_a_message(chat):
    done = chat(input="My name is Ada.\n\n/reset\n/help\nWhat is my name?\n/exit\nNever asked\n")
    assert done.exit_code == 0
    assert len(done.stdout.strip().splitlines()) == 2
    assert len(FIGURES.findall(done.stderr)) == 2
    assert "forgotten" in done.stderr
    assert "/exit" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--key", "sk-wrong", "hi"), "refuses with 401"),
        (("--model", "no-such-model", "hi"), "refuses with 404"),
        (("--url", "http://127.0.0.1:9", "hi"), "cannot be reached"),
        (("--key", "", "hi"), "no API key: give --key"),
    ],
)
def test_what_goes_wrong_is_told(words, said, chat):
    done = chat(*words)
    assert isinstance(done.exception, CommandFailed)
    assert said in str(done.exception)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:9", "cannot be reached"),
        ("http://upstream.invalid", "set DASHSCOPE_API_KEY or OPENAI_API_KEY"),
    ],
)
def test_the_key_of_a_server_here_goes_to_nobody_else(url, said, run, monkeypatch):
    monkeypatch.setenv("STUDIOLO_API_KEY", "sk-mine")
    done = run("chat", "--url", url, "hi")
    assert isinstance(done.exception, CommandFailed)
    assert said in str(done.exception)


@pytest.mark.parametrize("ask", [ask_openai, ask_dashscope])
def test_the_official_clients_get_the_answer_in_pieces(ask, server):
    pieces: list[str] = []
    told = ask(server.url, server.key, model="qwen-plus", question="Who?", say=pieces.append)
    assert told.text == "".join(pieces)
    assert len(pieces) > 1
    assert told.input_tokens > 0
    assert told.output_tokens > 0
    assert 0 < told.first_s <= told.total_s


@pytest.mark.parametrize("ask", [ask_openai, ask_dashscope])
def test_what_the_official_clients_complain_about_is_told(ask, server):
    with pytest.raises(CommandFailed, match=r"SDK says: .*API"):
        ask(server.url, "sk-wrong", model="qwen-plus", question="Who?", say=print)
