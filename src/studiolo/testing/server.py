"""A double in a process of its own, and the way to ask and steer it."""

import json
import os
import secrets
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import IO, Any, cast

from studiolo.testing.request import Request

Rules = str | Path | Sequence[Mapping[str, object]]

Answer = Any

START_S = 30.0
STOP_S = 5.0
READY = "ready "


class ServerFailed(RuntimeError):
    """The double did not start, or does not answer; the text has what it said."""


class RulesRefused(ValueError):
    """The rules are wrong; the text has all mistakes."""


class Server:
    """A running double. `url` is without a path; clients want one of the base URLs."""

    def __init__(
        self, url: str, api_key: str, process: "subprocess.Popen[str]", home: "Home"
    ) -> None:
        self.url = url
        self.api_key = api_key
        self._process = process
        self._home = home

    @property
    def openai_base_url(self) -> str:
        """What OpenAI clients are given."""
        return f"{self.url}/compatible-mode/v1"

    @property
    def dashscope_base_url(self) -> str:
        """What DashScope clients are given."""
        return f"{self.url}/api/v1"

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which clients find it."""
        return {
            "OPENAI_BASE_URL": self.openai_base_url,
            "OPENAI_API_KEY": self.api_key,
            "DASHSCOPE_API_KEY": self.api_key,
            "DASHSCOPE_HTTP_BASE_URL": self.dashscope_base_url,
            "DASHSCOPE_COMPATIBLE_BASE_URL": self.openai_base_url,
        }

    def requests(self, *, since: int = 0) -> list[Request]:
        """What it was asked since the last `clear`, the newest last; `since` is a number of one."""
        answer = self._ask("GET", f"/double/requests?since={since}")
        return [Request(each) for each in answer["requests"]]

    def last_request(self) -> Request | None:
        """What it was asked last."""
        answer = self._ask("GET", "/double/requests/last")
        return None if answer is None else Request(answer)

    def clear(self) -> None:
        """Forget what was asked."""
        self._ask("DELETE", "/double/requests")

    def rules(self, *rules: str | Path | Mapping[str, object]) -> None:
        """Answer by these rules from here on: tables, or one TOML text, or one path.

        All counts begin anew. Raises RulesRefused with every mistake.
        """
        self._ask("PUT", "/double/rules", content_of(rules))

    def restore_rules(self) -> None:
        """Answer by the rules it was started with."""
        self._ask("DELETE", "/double/rules")

    def stop(self) -> None:
        """End it; twice is fine."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._home.close()

    def _ask(self, method: str, path: str, body: str = "") -> "Answer":
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        connection = HTTPConnection(host, int(port), timeout=START_S)
        try:
            headers = {"authorization": f"Bearer {self.api_key}"}
            connection.request(method, path, body.encode(), headers)
            response = connection.getresponse()
            answer: Answer = json.loads(response.read())
        except OSError as error:
            raise ServerFailed(
                f"{self.url} does not answer: {error}\n{self._home.log()}"
            ) from error
        finally:
            connection.close()
        if response.status == 400:
            raise RulesRefused(answer["error"]["message"])
        if response.status != 200:
            raise ServerFailed(f"{method} {path} was answered {response.status}: {answer}")
        return answer


class Home:
    """A folder for one server, with what it said; gone at the end."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="studiolo-", ignore_cleanup_errors=True)
        self.path = Path(self._folder.name)
        self.stderr: IO[str] = (self.path / "stderr").open("w", encoding="utf-8")

    def log(self) -> str:
        """What it said."""
        return (self.path / "stderr").read_text("utf-8", "replace")

    def close(self) -> None:
        """Remove it; twice is fine."""
        self.stderr.close()
        self._folder.cleanup()


def start(*, rules: Rules, options: Sequence[str], environment: Mapping[str, str] | None) -> Server:
    """A server that answers. Raises ServerFailed."""
    home = Home()
    command = [sys.executable, "-m", "studiolo", "serve", "--double", "--port", "0", *options]
    content = content_of((rules,) if isinstance(rules, str | Path) else tuple(rules))
    if rules:
        path = home.path / "rules.toml"
        path.write_text(content, "utf-8")
        command += ["--rules", str(path)]
    key = f"sk-test-{secrets.token_hex(16)}"
    process = subprocess.Popen(
        command,
        cwd=home.path,
        env=_variables(home.path, key) | dict(environment or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=home.stderr,
        text=True,
    )
    try:
        return Server(_url(process, home), key, process, home)
    except BaseException:
        process.kill()
        process.communicate()
        home.close()
        raise


def content_of(rules: Sequence[str | Path | Mapping[str, object]]) -> str:
    """The rules as the server reads them: text as it is, files read, tables as JSON."""
    match rules:
        case (str() as text,):
            return text
        case (Path() as path,):
            return path.read_text("utf-8")
        case _:
            return json.dumps({"rule": [*rules]})


def _variables(home: Path, key: str) -> dict[str, str]:
    """The environment of this process without settings of other servers."""
    inherited = {name: v for name, v in os.environ.items() if not name.startswith("STUDIOLO_")}
    return inherited | {
        "STUDIOLO_HOME": str(home / "home"),
        "STUDIOLO_API_KEY": key,
        "STUDIOLO_SERVER__DRAIN_S": "0",
        "STUDIOLO_LOG__LEVEL": "warning",
    }


def _url(process: "subprocess.Popen[str]", home: Home) -> str:
    """What it says when it is ready. Raises ServerFailed if it says anything else."""
    deadline = time.monotonic() + START_S
    stdout = cast("IO[str]", process.stdout)
    with selectors.DefaultSelector() as selector:
        selector.register(stdout, selectors.EVENT_READ)
        if not selector.select(max(0.0, deadline - time.monotonic())):
            raise ServerFailed(f"no double within {START_S:.0f} s\n{home.log()}")
    line = stdout.readline()
    if not line.startswith(READY):
        process.wait(STOP_S)
        raise ServerFailed(f"the double did not start\n{home.log()}")
    return line.removeprefix(READY).strip()
