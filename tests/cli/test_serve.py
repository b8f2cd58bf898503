"""Standard output has one line, the first key is shown once, and a signal ends it well."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from studiolo.cli.flags import flags_of
from studiolo.cli.terminal import CommandFailed

SERVE = [sys.executable, "-m", "studiolo", "serve", "--double", "--port=0"]


def _serve(folder: Path, clean: dict[str, str], **more: str) -> tuple[str, str]:
    """Standard output and error of a server that is stopped once it is ready."""
    with subprocess.Popen(
        SERVE,
        cwd=folder,
        env=clean | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0, err
    return first + out, err


def _refused(folder: Path, clean: dict[str, str], *options: str) -> str:
    """What is said on standard error by a server that does not start."""
    done = subprocess.run(
        [*SERVE, *options], cwd=folder, env=clean, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    return done.stderr


def test_the_first_key_is_shown_once_and_standard_output_says_only_ready(tmp_path, clean):
    out, err = _serve(tmp_path, clean)
    assert out.startswith("ready http://127.0.0.1:")
    assert out.count("\n") == 1
    assert "API key, shown this once: sk-" in err
    _, again = _serve(tmp_path, clean)
    assert "sk-" not in again


def test_with_a_key_in_the_environment_none_is_made(tmp_path, clean):
    _, err = _serve(tmp_path, clean, STUDIOLO_API_KEY="sk-mine")
    assert "sk-" not in err


FLAGS = [
    ({"host": None, "port": None, "double": False, "deployments": []}, {}),
    (
        {"host": "::1", "port": 0, "double": False, "deployments": []},
        {"server": {"host": "::1", "port": 0}},
    ),
    (
        {"host": None, "port": None, "double": True, "deployments": []},
        {"double": {"inspect": True}},
    ),
    (
        {
            "host": None,
            "port": None,
            "double": True,
            "steering": {"rules": Path("rules.toml"), "replay_only": None},
            "deployments": [],
        },
        {"double": {"inspect": True, "rules": Path("rules.toml")}},
    ),
    (
        {
            "host": None,
            "port": None,
            "double": False,
            "deployments": [
                "qwen3-4b",
                "qwen3-*=./a.gguf",
                "smollm2-135m-instruct=smollm2-135m-instruct",
                "https://a.example/f.gguf?x=y",
                "Q,R=hf:o/r/f.gguf",
            ],
        },
        {
            "deployments": [
                {"name": "default", "weights": "qwen3-4b", "serves": "*", "family": "chatml"},
                {"name": "qwen3", "weights": "./a.gguf", "serves": "qwen3-*"},
                {
                    "name": "smollm2-135m-instruct",
                    "weights": "smollm2-135m-instruct",
                    "serves": "smollm2-135m-instruct",
                    "family": "smollm2",
                },
                {"name": "default", "weights": "https://a.example/f.gguf?x=y", "serves": "*"},
                {"name": "q-r", "weights": "hf:o/r/f.gguf", "serves": "Q,R"},
            ]
        },
    ),
]


@pytest.mark.parametrize(("given", "flags"), FLAGS)
def test_what_is_given_becomes_settings(given, flags):
    assert flags_of(**{"steering": {}, **given}) == flags


def test_a_double_has_no_other_deployments():
    with pytest.raises(CommandFailed, match="give one of the two"):
        flags_of(host=None, port=None, double=True, deployments=["x"], steering={})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--first-token-s", "1"], "--first-token-s is for the double; add --double"),
        (["--tokens-per-s", "5"], "--tokens-per-s is for the double; add --double"),
        (["--double", "--tokens-per-s", "0"], "deployments[0].tokens_per_s = 0.0"),
        (["--double", "--first-token-s", "-1"], "--first-token-s"),
    ],
)
def test_a_pace_that_cannot_be_is_told(run, options, said):
    result = run("serve", *options)
    assert result.exit_code != 0
    assert said in f"{result.output}{result.exception}"


def test_doubles_take_the_place_of_other_engines_and_say_so_once(tmp_path, clean):
    (tmp_path / "studiolo.toml").write_text(
        "[[deployments]]\nname = 'real'\nweights = 'none'\nserves = 'qwen-plus'\n"
        "[[deployments]]\nname = 'own'\nengine = 'double'\nserves = 'qwen-max'\n"
    )
    out, err = _serve(tmp_path, clean, STUDIOLO_API_KEY="sk-mine", STUDIOLO_LOG__FORMAT="json")
    assert out.startswith("ready ")
    assert err.count("deployments.doubled") == 1
    assert '"deployments":["real"]' in err.replace(" ", "")


def test_rules_that_are_wrong_are_told_before_a_key_is_made(tmp_path, clean):
    (tmp_path / "rules.toml").write_text('[[rule]]\nuser = "x"\nanswr = "y"\n[[rule]]\n')
    said = _refused(tmp_path, clean, "--rules", "rules.toml")
    assert "rule[1].answr (line 3) is unknown here; did you mean answer?" in said
    assert "rule[2].answer (line 4) is missing" in said
    assert "sk-" not in said


def test_a_file_of_rules_that_is_not_there_is_named(tmp_path, clean):
    said = _refused(tmp_path, clean, "--rules", "none.toml")
    assert "none.toml:\n  it cannot be read: No such file or directory" in said


def test_what_hardly_anybody_needs_is_not_loaded_at_the_start():
    done = subprocess.run(
        [sys.executable, "-c", "import sys, studiolo.app.serving\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"aiohttp", "alembic", "huggingface_hub"} & set(done.stdout.split())


def test_one_that_is_tied_to_its_input_ends_with_it(tmp_path, clean):
    with subprocess.Popen(
        [*SERVE, "--until-stdin-closes"],
        cwd=tmp_path,
        env=clean | {"STUDIOLO_API_KEY": "sk-mine"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("what is said there is nothing to it\n")
        process.stdin.flush()
        assert process.stdout.readline().startswith("ready")
        process.stdin.close()
        assert process.wait(30) == 0


def test_others_do_not_mind_their_input(tmp_path, clean):
    with subprocess.Popen(
        SERVE,
        cwd=tmp_path,
        env=clean | {"STUDIOLO_API_KEY": "sk-mine"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready")
        assert process.poll() is None
        process.terminate()
        assert process.wait(30) == 0
