"""The doctor finds what is broken and says how to mend it."""

import socket
import sqlite3
import struct

import pytest

DOUBLE = "[server]\nport = 0\n[[deployments]]\nname = 'd'\nengine = 'double'\n"


def _line(told: str, name: str) -> str:
    (line,) = [line for line in told.splitlines() if line[2:].startswith(f"{name} ")]
    return line


def test_a_double_is_ready_to_serve(run, tmp_path):
    (tmp_path / "studiolo.toml").write_text(DOUBLE)
    done = run("doctor")
    assert done.exit_code == 0, done.stdout
    assert "ready to serve" in done.stdout


def test_missing_weights_are_broken_and_the_remedy_is_a_command(run):
    done = run("doctor")
    assert done.exit_code == 1
    assert "→ studiolo pull smollm2-135m-instruct" in done.stdout
    assert _line(done.stdout, "llama.cpp").startswith("✓")


def test_damaged_weights_are_noticed(run, tmp_path, home):
    folder = home / "weights"
    folder.mkdir(parents=True)
    (folder / "smollm2-135m-instruct.gguf").write_bytes(b"GGUF")
    (folder / "smollm2-135m-instruct.gguf.json").write_text(
        '{"reference": "", "sha256": "0", "size_bytes": 4, "licence": "",'
        ' "pulled": "2026-01-02T00:00:00Z"}'
    )
    done = run("doctor")
    assert "is damaged" in _line(done.stdout, "weights of default")


def _text(text: bytes) -> bytes:
    return struct.pack("<Q", len(text)) + text


WHOLE = (
    struct.pack("<4sIQQ", b"GGUF", 3, 0, 1)
    + _text(b"general.architecture")
    + struct.pack("<I", 8)
    + _text(b"llama")
).ljust(96, b"\0")
PULLED = "smollm2-135m-instruct"
MINE = "[server]\nport = 0\n[[deployments]]\nname = 'd'\nweights = './mine.gguf'\n"
UNCHECKED = [
    (
        "a path to no GGUF",
        "mine.gguf",
        b"not a model at all, not one bit",
        None,
        1,
        "not a GGUF file",
    ),
    ("a path to a cut file", "mine.gguf", WHOLE[:-3], None, 1, "mine.gguf"),
    ("a path to a GGUF", "mine.gguf", WHOLE, None, 0, "no checksum to compare with"),
    ("put there by hand", PULLED, WHOLE, None, 0, "no checksum to compare with"),
    ("a garbage manifest", PULLED, WHOLE, "{", 0, "no checksum to compare with"),
    ("put there, no GGUF", PULLED, b"x" * 40, None, 1, f"→ studiolo pull {PULLED}"),
    ("garbage twice", PULLED, b"x" * 40, "{", 1, f"→ studiolo pull {PULLED}"),
]


@pytest.mark.parametrize("case", UNCHECKED, ids=[case[0] for case in UNCHECKED])
def test_weights_are_never_called_right_unchecked(case, run, tmp_path, home):
    _, name, content, manifest, status, said = case
    folder = home / "weights"
    folder.mkdir(parents=True)
    path = tmp_path / name
    settings = MINE
    if name == PULLED:
        path = folder / f"{PULLED}.gguf"
        settings = MINE.replace("./mine.gguf", PULLED)
    path.write_bytes(content)
    if manifest is not None:
        (folder / f"{PULLED}.gguf.json").write_text(manifest)
    (tmp_path / "studiolo.toml").write_text(settings)
    done = run("doctor")
    assert done.exit_code == status, done.stdout
    assert said in done.stdout
    assert "checksum right" not in done.stdout
    assert _line(done.stdout, "weights of d").startswith("✗") == bool(status)


def test_everything_that_is_missing_is_named_together(run, tmp_path):
    (tmp_path / "studiolo.toml").write_text(
        """
        catalog = "nowhere.toml"
        deployments = [
            {name = "a", weights = "./gone.gguf", serves = ["a"]},
            {name = "b", weights = "nonsense", serves = ["b"]},
            {name = "c", weights = "qwen3-0.6b", serves = ["c"]},
        ]
        """
    )
    told = run("doctor").stdout
    refused = run("serve", "--port=0")
    assert isinstance(refused.exception, ExceptionGroup)
    serving = "\n".join(str(each) for each in refused.exception.exceptions)
    for missing in ("./gone.gguf", "'nonsense'", "studiolo pull qwen3-0.6b", "nowhere.toml"):
        assert missing in told
        assert missing in serving
    assert "studiolo pull nonsense" not in told
    assert "studiolo pull ./gone.gguf" not in told
    assert "sk-" not in refused.stderr


@pytest.mark.parametrize("name", ["weights", "run", "journal"])
def test_a_file_in_the_place_of_a_folder_is_broken(name, run, tmp_path, home):
    (tmp_path / "studiolo.toml").write_text(DOUBLE)
    home.mkdir(mode=0o700)
    (home / name).write_text("")
    done = run("doctor")
    assert done.exit_code == 1
    assert f"{name} is no folder" in _line(done.stdout, "home")


def test_wrong_settings_end_the_visit(run, tmp_path):
    (tmp_path / "studiolo.toml").write_text("hom = 3")
    done = run("doctor")
    assert done.exit_code == 1
    assert "did you mean home?" in done.stdout
    assert "database" not in done.stdout


def test_a_port_that_another_program_has_is_broken(run, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (tmp_path / "studiolo.toml").write_text(DOUBLE.replace("port = 0", f"port = {port}"))
        done = run("doctor")
    assert done.exit_code == 1
    assert "cannot listen" in _line(done.stdout, "port")


def test_a_port_that_studiolo_serves_is_fine(run, tmp_path, server):
    port = server.url.rpartition(":")[2]
    (tmp_path / "studiolo.toml").write_text(DOUBLE.replace("port = 0", f"port = {port}"))
    done = run("doctor")
    assert done.exit_code == 0
    assert "served by Studiolo already" in _line(done.stdout, "port")


def test_a_home_that_others_can_read_is_poor(run, tmp_path, home):
    (tmp_path / "studiolo.toml").write_text(DOUBLE)
    home.mkdir(mode=0o755)
    done = run("doctor")
    assert done.exit_code == 0
    assert _line(done.stdout, "home").startswith("!")
    assert f"chmod 700 {home}" in done.stdout


def test_a_home_that_cannot_be_is_broken(run, tmp_path, home):
    (tmp_path / "studiolo.toml").write_text(DOUBLE)
    home.write_text("")
    done = run("doctor")
    assert done.exit_code == 1
    assert _line(done.stdout, "home").startswith("✗")


@pytest.mark.parametrize("content", [b"no database at all" * 100, None])
def test_a_broken_database_is_noticed(content, run, tmp_path, home):
    (tmp_path / "studiolo.toml").write_text(DOUBLE)
    home.mkdir(mode=0o700)
    path = home / "studiolo.db"
    if content is not None:
        path.write_bytes(content)
    else:
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE alembic_version (version_num)")
            connection.execute("INSERT INTO alembic_version VALUES ('9999')")
        connection.close()
    done = run("doctor")
    assert done.exit_code == 1
    assert _line(done.stdout, "database").startswith("✗")


def test_a_wrong_catalogue_is_broken(run, tmp_path):
    (tmp_path / "mine.toml").write_text("[models.x]\ncolour = 3")
    (tmp_path / "studiolo.toml").write_text(f"catalog = 'mine.toml'\n{DOUBLE}")
    done = run("doctor")
    assert done.exit_code == 1
    assert "colour" in done.stdout
