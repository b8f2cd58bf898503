"""Every command teaches, and says what is wrong in a line with the way out."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from studiolo.accounts.keys import KeyLabelInvalid, looks_like_key
from studiolo.cli import app
from studiolo.cli.terminal import CommandFailed, explain
from studiolo.config import ConfigurationInvalid
from studiolo.weights.errors import ReferenceInvalid, WeightsMissing

COMMANDS = [command.callback.__name__ for command in app.registered_commands if command.callback]


def test_the_help_names_every_command(run):
    told = run("--help").stdout
    for command in (*COMMANDS, "keys"):
        assert f" {command} " in told


@pytest.mark.parametrize("command", [*COMMANDS, "keys", "keys create", "keys list", "keys revoke"])
def test_every_command_has_help_with_examples(command, run):
    told = run(*command.split(), "--help").stdout
    assert "Usage: " in told
    _, _, lines = told.partition("Examples")
    assert f"studiolo {command}" in lines


def test_the_version_is_that_of_the_package(run):
    assert run("version").stdout == run("--version").stdout != ""


def test_a_key_is_alone_on_standard_output_and_is_never_shown_again(run):
    made = run("keys", "create", "--name", "laptop", "--workspace", "team")
    key = made.stdout.strip()
    assert looks_like_key(key)
    assert "not shown again" in made.stderr
    listed = run("keys", "list").stdout
    assert key not in listed
    assert all(word in listed for word in (key[:11], "laptop", "team", "valid"))


def test_a_key_is_revoked_by_its_id(run):
    run("keys", "create")
    key_id = run("keys", "list").stdout.splitlines()[1].split()[0]
    assert run("keys", "revoke", key_id).exit_code == 0
    assert "revoked" in run("keys", "list").stdout
    refused = run("keys", "revoke", key_id)
    assert isinstance(refused.exception, CommandFailed)
    assert "there is no valid key" in str(refused.exception)


def test_a_key_with_labels_nobody_can_read_is_refused(run):
    for option, value in (("--workspace", "bad ws!"), ("--workspace", ""), ("--name", "\x1b[31m")):
        refused = run("keys", "create", option, value)
        assert isinstance(refused.exception, KeyLabelInvalid)
        assert refused.stdout == ""
    assert "No keys yet" in run("keys", "list").stderr


def test_the_list_stays_readable_whatever_the_database_has(run, home):
    run("keys", "create", "--name", "[red] [/blue]")
    run("keys", "create", "--name", "other")
    with closing(sqlite3.connect(home / "studiolo.db")) as database, database:
        database.execute(
            "UPDATE api_keys SET name = ?, workspace = ? WHERE name = 'other'",
            ("\x1b[31m\nred", "w" * 5000),
        )
    listed = run("keys", "list").stdout
    assert "[red] [/blue]" in listed
    assert r"'\x1b[31m\nred'" in listed
    assert "\x1b" not in listed
    assert "w" * 65 not in listed
    assert len(listed.splitlines()) == 3


def test_an_id_is_never_cut(run):
    run("keys", "create", "--name", "n" * 64, "--workspace", "w" * 64)
    narrow = {"COLUMNS": "80", "TTY_COMPATIBLE": "1", "TERM": "xterm"}
    key_id = run("keys", "list", env=narrow).stdout.splitlines()[1].split()[0]
    assert run("keys", "revoke", key_id).exit_code == 0


def test_without_keys_the_list_says_how_to_make_one(run):
    assert "studiolo keys create" in run("keys", "list").stderr


def test_models_shows_names_weights_and_deployments(run):
    told = run("models").stdout
    assert "qwen-plus" in told
    assert "studiolo pull smollm2-135m-instruct" in told
    assert "not here" in told


def test_models_tells_what_state_each_deployment_is_in(run, tmp_path):
    (tmp_path / "mine.gguf").write_bytes(b"GGUF")
    (tmp_path / "studiolo.toml").write_text(
        """
        deployments = [
            {name = "here", weights = "./mine.gguf", serves = ["a"]},
            {name = "wrong", weights = "nonsense", serves = ["b"]},
            {name = "none", engine = "double", serves = ["c"]},
        ]
        """
    )
    told = run("models").stdout
    for name, state in (
        ("here", "weights are here"),
        ("wrong", "no such weights"),
        ("none", "needs no weights"),
    ):
        (line,) = [line for line in told.splitlines() if line.startswith(name) and "4,096" in line]
        assert line.rstrip().endswith(state)


def test_models_can_list_names_alone(run):
    names = run("models", "--names").stdout.split()
    assert "qwen-plus" in names
    assert "default" in names


def test_a_catalogue_that_is_wrong_is_told(run, tmp_path):
    (tmp_path / "studiolo.toml").write_text("catalog = 'mine.toml'")
    (tmp_path / "mine.toml").write_text("[models.x]\ncolour = 3")
    refused = run("models")
    assert isinstance(refused.exception, CommandFailed)
    assert "colour" in str(refused.exception)


def test_usage_tells_of_a_damaged_journal_on_standard_error_alone(tmp_path, clean, home):
    journal = home / "journal"
    journal.mkdir(parents=True)
    (journal / "gone-000001.journal").write_bytes(b"no note at all")
    command = [sys.executable, "-m", "studiolo", "usage", "--csv"]
    done = subprocess.run(
        command, cwd=tmp_path, env=clean, capture_output=True, text=True, check=True
    )
    assert done.stdout.count("\n") == 1
    assert "journal.damaged" in done.stderr
    assert "gone-000001.journal.damaged" in done.stderr
    assert "14" in done.stderr
    assert [path.name for path in journal.iterdir()] == ["gone-000001.journal.damaged"]


def test_config_shows_where_each_setting_comes_from(run, tmp_path):
    (tmp_path / "studiolo.toml").write_text("[server]\nport = 9000\ncors_origins = ['*', 'x']")
    lines = {line.split()[0]: line.split()[1:] for line in run("config").stdout.splitlines()}
    assert lines["home"] == [str(tmp_path / "home"), "environment"]
    assert lines["server.port"] == ["9000", "studiolo.toml"]
    assert lines["server.cors_origins"] == ["*,", "x", "studiolo.toml"]
    assert lines["server.strict_endpoint_routing"] == ["true", "default"]
    assert lines["api_key"] == ["-", "default"]
    assert lines["deployments[0].serves"] == ["*", "default"]


def test_config_hides_the_key(run, tmp_path):
    (tmp_path / "studiolo.toml").write_text("api_key = 'sk-geheim'")
    told = run("config").stdout
    assert "geheim" not in told
    assert told.count("(hidden)") == 1


def test_config_shows_the_pace_of_a_double(run, tmp_path):
    (tmp_path / "studiolo.toml").write_text(
        "deployments = [{name = 'd', engine = 'double', first_token_s = 0.5, tokens_per_s = 50}]"
    )
    lines = {line.split()[0]: line.split()[1] for line in run("config").stdout.splitlines()}
    assert lines["deployments[0].first_token_s"] == "0.5"
    assert lines["deployments[0].tokens_per_s"] == "50.0"


def test_a_wrong_setting_stops_every_command(run, tmp_path):
    (tmp_path / "studiolo.toml").write_text("hom = 3")
    for words in (("serve",), ("models",), ("config",), ("keys", "list"), ("pull",)):
        assert isinstance(run(*words).exception, ConfigurationInvalid)


def test_unknown_weights_are_refused_before_anything_is_fetched(run, home):
    assert isinstance(run("pull", "nonsense").exception, ReferenceInvalid)
    assert not home.exists()


def test_serving_weights_that_are_not_here_names_the_command(run):
    refused = run("serve", "--port=0")
    assert isinstance(refused.exception, WeightsMissing)
    assert "studiolo pull smollm2-135m-instruct" in str(refused.exception)
    assert "sk-" not in refused.stderr


def test_a_user_never_sees_a_traceback(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "studiolo", "pull", "nonsense"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("studiolo: 'nonsense' names no weights; known are ")


def test_a_failure_is_told_as_it_stands_and_moves_no_terminal(capsys):
    assert explain(CommandFailed("it says [/red] :smile:\n\x1b]0;title\x07")) == 1
    assert capsys.readouterr().err == ("studiolo: it says [/red] :smile:\n\\x1b]0;title\\x07\n")


def test_several_failures_at_once_are_all_told(capsys):
    group = ExceptionGroup("tasks", [CommandFailed("first [x]"), CommandFailed("second")])
    assert explain(group) == 1
    assert capsys.readouterr().err == "studiolo: first [x]\nstudiolo: second\n"
