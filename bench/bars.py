"""What we hold ourselves to: every bar stands in this file."""

from typing import Literal

import msgspec


class Bar(msgspec.Struct, frozen=True):
    """A figure's name and unit, and the value it must reach; figures without one are context."""

    title: str
    unit: str
    limit: float | None = None
    better: Literal["more", "less"] = "less"

    def holds(self, value: float) -> bool | None:
        """Whether the value reaches the bar; None where there is none."""
        if self.limit is None:
            return None
        return value >= self.limit if self.better == "more" else value <= self.limit


BARS: dict[str, Bar] = {
    "ceiling.requests": Bar("load generator against a trivial server", "req/s"),
    "ceiling.events": Bar("load generator, streamed events of a trivial server", "events/s"),
    "ceiling.cpu": Bar("trivial server, CPU per event back to back", "µs"),
    "ceiling.paced": Bar("trivial server, CPU per event at 20 ms", "µs"),
    "ceiling.added": Bar("trivial server that sleeps 50 ms, added latency, median", "ms"),
    "ceiling.streams": Bar("trivial server, 1,000 open streams: late at the end, 99 %", "ms"),
    "requests.openai": Bar("whole answers, OpenAI, 16 connections", "req/s", 2000, "more"),
    "requests.dashscope": Bar("whole answers, DashScope, 16 connections", "req/s", 2000, "more"),
    "requests.openai.ratio": Bar("  OpenAI / trivial server", "x"),
    "requests.dashscope.ratio": Bar("  DashScope / trivial server", "x"),
    "requests.cpu": Bar("CPU per whole answer of 32 tokens, OpenAI", "µs"),
    "double.plain": Bar("whole answers of the double, 16 connections", "req/s", 2000, "more"),
    "double.plain.cpu": Bar("  CPU per answer", "µs"),
    "double.varied": Bar("  no question twice", "req/s"),
    "double.varied.cpu": Bar("  CPU per answer", "µs"),
    "double.tool": Bar("  with a call", "req/s"),
    "double.tool.cpu": Bar("  CPU per answer", "µs"),
    "double.thought": Bar("  with a thought", "req/s"),
    "double.thought.cpu": Bar("  CPU per answer", "µs"),
    "http.requests": Bar("whole answers, engine over HTTP, 16 connections", "req/s", 1500, "more"),
    "http.cpu": Bar("  CPU per whole answer of 32 tokens", "µs"),
    "added.60.p50": Bar("added latency at 60 req/s, median", "ms", 1.5),
    "added.60.p99": Bar("added latency at 60 req/s, 99 %", "ms", 10),
    "added.200.p50": Bar("added latency at 200 req/s, median", "ms", 1.5),
    "added.200.p99": Bar("added latency at 200 req/s, 99 %", "ms", 10),
    "first.p50": Bar("added time to first token, median", "ms", 2),
    "first.p99": Bar("added time to first token, 99 %", "ms"),
    "chunk.burst.openai": Bar("CPU per chunk back to back, OpenAI", "µs", 40),
    "chunk.burst.incremental": Bar("CPU per chunk back to back, DashScope incremental", "µs", 40),
    "chunk.burst.cumulative": Bar("CPU per chunk back to back, DashScope cumulative", "µs"),
    "chunk.burst.ratio": Bar("  OpenAI back to back / trivial server", "x"),
    "chunk.burst.rate": Bar("chunks back to back, OpenAI", "chunks/s"),
    "chunk.paced.openai": Bar("CPU per chunk at 20 ms, OpenAI", "µs", 80),
    "chunk.paced.incremental": Bar("CPU per chunk at 20 ms, DashScope incremental", "µs", 80),
    "chunk.paced.cumulative": Bar("CPU per chunk at 20 ms, DashScope cumulative", "µs"),
    "chunk.paced.ratio": Bar("  OpenAI at 20 ms / trivial server", "x"),
    "streams.late": Bar("1,000 open streams of 20 ms chunks: late at the end, 99 %", "ms", 1000),
    "streams.waited": Bar("  time the server waited for a core that others had", "%"),
    "streams.cpu": Bar("  CPU per chunk of all of them", "µs"),
    "streams.rate": Bar("  events in all of them together", "events/s"),
    "streams.rss": Bar("  memory over idle while they are open", "MB", 250),
    "streams.flat": Bar("  growth of memory while they are open", "%", 5),
    "ledger.rows": Bar("ledger rows through the journal into SQLite", "rows/s", 2000, "more"),
    **{
        f"decode.{streams}{suffix}": bar
        for streams in (1, 4, 8, 16)
        for suffix, bar in (
            (
                "",
                Bar(f"135 M weights, {streams} streams: through us / directly", "x", 0.97, "more"),
            ),
            (".raw", Bar(f"  {streams} streams directly", "tokens/s")),
        )
    },
    **{
        f"cancel.{name}{suffix}": Bar(title, "ms", 300)
        for name, where in (
            ("prefill", "a prompt of 2,000 tokens is read"),
            ("prefills", "four of them are read"),
            ("decode", "an answer is written"),
            ("queue", "it waits in the queue"),
        )
        for suffix, title in (
            ("", f"client gone while {where}: held for"),
            (".worst", "  at worst"),
        )
    },
    "think.gap": Bar("gap where a budget cuts the thought of 135 M weights", "tokens", 3),
    "think.parser": Bar("CPU of the parser of thoughts per chunk", "µs", 10),
    "calls.prose": Bar("CPU that tools on offer add per chunk of prose", "µs", 10),
    "calls.json": Bar("CPU of the parser of calls per chunk of arguments in JSON", "µs", 10),
    "calls.xml": Bar("CPU of the parser of calls per chunk of arguments in XML", "µs", 10),
    "start.double": Bar("cold start to ready, double", "s", 2),
    "start.weights": Bar("cold start to ready, 135 M weights", "s", 4),
    "rss.idle": Bar("memory when ready", "MB"),
    "rss.after": Bar("memory after all of this", "MB"),
}
