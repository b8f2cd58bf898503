"""A running double, and the way to ask and steer it."""

import json
import os
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from studiolo.testing.process import GONE_S, START_S, Plan, Process, ServerFailed
from studiolo.testing.request import Request
from studiolo.testing.rules import Rules, RulesRefused, content_of, path_of, read

# pytest shows a failure where a test asked for it, and not in here.
__tracebackhide__ = True

__all__ = ["RulesRefused", "Server", "ServerFailed"]

Answer = Any

_RULES = "/double/rules"
_WHAT_TO_DO = "start another; under pytest the next test gets one"


class Server:
    """A running double. `url` is without a path; clients want one of the base URLs."""

    def __init__(self, plan: Plan) -> None:
        self._process = Process(plan)
        self._stopped = False
        self.url = self._process.url
        self.api_key = plan.api_key
        self._plan = plan.at(urlsplit(self.url).port or 0)

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
        """The variables by which clients find it, without a proxy between."""
        direct = _direct(urlsplit(self.url).hostname or "")
        return {
            "OPENAI_BASE_URL": self.openai_base_url,
            "OPENAI_API_KEY": self.api_key,
            "DASHSCOPE_API_KEY": self.api_key,
            "DASHSCOPE_HTTP_BASE_URL": self.dashscope_base_url,
            "DASHSCOPE_COMPATIBLE_BASE_URL": self.openai_base_url,
            "NO_PROXY": direct,
            "no_proxy": direct,
        }

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called since it was started."""
        return self._stopped

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

    def rules(self, *rules: Rules) -> None:
        """Answer by these rules from here on: tables, or one TOML text, or one path.

        A table with `seed` and `rule` is a whole document. All counts begin anew.
        Raises RulesRefused with every mistake.
        """
        path = path_of(rules)
        if path is None:
            self._ask("PUT", _RULES, content_of(rules))
            return
        try:
            self._ask("PUT", _RULES, read(path))
        except RulesRefused as error:
            raise RulesRefused(str(error).replace("the rules", str(path), 1)) from None

    def restore_rules(self) -> None:
        """Answer by the rules it was started with."""
        self._ask("DELETE", _RULES)

    def stop(self) -> None:
        """End it; twice is fine."""
        self._stopped = True
        self._process.stop()

    def revive(self) -> str | None:
        """Start it again, at the same address with the same key, if it ended.

        Gives back how it ended, if that was none of `stop`. Raises ServerFailed.
        """
        how = self._process.ended()
        if how is None:
            return None
        self._process.stop()
        self._process = Process(self._plan)
        by_itself, self._stopped = not self._stopped, False
        return how if by_itself else None

    def _ask(self, method: str, path: str, body: str = "") -> "Answer":
        self._need_running()
        parts = urlsplit(self.url)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=START_S)
        try:
            headers = {"authorization": f"Bearer {self.api_key}"}
            content = body.encode("utf-8", "surrogatepass")
            connection.request(method, path, content, headers)
            response = connection.getresponse()
            answer: Answer = json.loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            self._need_running(within_s=0 if isinstance(error, TimeoutError) else GONE_S)
            reason = str(error) or type(error).__name__
            raise ServerFailed(
                f"the double at {self.url} does not answer: {reason}{self._process.said()}"
            ) from error
        finally:
            connection.close()
        if response.status == 400 and path == _RULES:
            raise RulesRefused(answer["error"]["message"])
        if response.status != 200:
            raise ServerFailed(f"{method} {path} was answered {response.status}: {answer}")
        return answer

    def _need_running(self, *, within_s: float = 0) -> None:
        if self._stopped:
            raise ServerFailed(f"the double at {self.url} was stopped; {_WHAT_TO_DO}")
        how = self._process.ended(within_s=within_s)
        if how is not None:
            raise ServerFailed(f"the double at {self.url} is gone, {_WHAT_TO_DO}: {how}")


def _direct(host: str) -> str:
    """The hosts that are asked without a proxy: those there are, and this one."""
    named = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    hosts = [each.strip() for each in named.split(",") if each.strip()]
    ours = [each for each in (host, "localhost") if each not in hosts]
    return named if "*" in hosts else ",".join([*hosts, *ours])
