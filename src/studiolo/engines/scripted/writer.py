"""From tokens to deltas: whole characters only, nothing of a stop, every token counted."""

import codecs
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, Literal

from msgspec.structs import replace

from studiolo.core.generation import Delta, Ended, EndReason, Generation, Part, TokenLogprob
from studiolo.engines.scripted.chances import Chances
from studiolo.engines.scripted.stops import StopIds, StopTexts
from studiolo.engines.scripted.vocabulary import Vocabulary

# Stops that a text of this part cannot hold: they are tags, and the script says that it is text.
_NO_TAGS: Final[Mapping[Part, Collection[str]]] = {
    "reasoning": ("</think>", "</tool_call>"),
    "arguments": ("</tool_call>",),
}
# So many tokens are joined at most.
_MOST_JOINED: Final = 128
_Decoder: Final = codecs.getincrementaldecoder("utf-8")


class Writer:
    """Feed it one token after the other; once `reason` is set nothing more may be fed.

    A stop ends the answer with the token that completes it: that token is counted, and neither
    the stop nor what follows it is given out. With `joins` it gives out many tokens as one delta
    where what it is to write, an answer or a thought, has begun with words.
    """

    def __init__(
        self,
        generation: Generation,
        vocabulary: Vocabulary,
        *,
        room: int,
        joins: Literal["answer", "reasoning"] | None = None,
    ) -> None:
        self._vocabulary = vocabulary
        self._limit = min(generation.max_tokens, room)
        self._texts = StopTexts(generation.stop)
        self._ids = StopIds(generation.stop_ids)
        self._watched = bool(generation.stop or generation.stop_ids)
        self._chances = _chances(generation, vocabulary)
        self._thinks = joins == "reasoning"
        # Whether it begins with words, None as long as nothing but blanks came.
        joined = joins is not None and not generation.stop_ids and self._chances is None
        self._speaks = None if joined else False
        self._decoder = _Decoder("ignore")
        self._unfinished: list[int] = []
        self._held: list[Delta] = []
        self.count = 0
        self.reason: EndReason | None = None if self._limit > 0 else "length"
        self.matched: str | None = None

    def pieces(self, tokens: Sequence[int], part: Part | None = None) -> Iterator[Sequence[int]]:
        """These tokens as they are to be fed, up to the end of the answer."""
        at = 0
        while at < len(tokens) and self.reason is None:
            size = self._size(len(tokens) - at, part)
            yield tokens[at : at + size]
            at += size

    def _size(self, left: int, part: Part | None) -> int:
        """How many of so many tokens are fed together."""
        if self._speaks is False or self._unfinished:
            return 1
        room = self._limit - self.count
        if not self._thinks:
            told = self._speaks or part == "answer"
            return min(_MOST_JOINED, room, left) if told else 1
        # A thought may end anywhere where it comes to its limit, and before its last newline.
        return max(1, min(_MOST_JOINED, left - 1)) if self._speaks and left < room else 1

    def feed_piece(
        self, tokens: Sequence[int], part: Part | None = None, *, text: str = ""
    ) -> list[Delta]:
        """What can be given out after one of the `pieces`; its text, where it is known."""
        if len(tokens) == 1:
            return self.feed(tokens[0], part)
        text = self._joined(tokens, text)
        if not text:
            return [
                delta for token in tokens if self.reason is None for delta in self.feed(token, part)
            ]
        self.count += len(tokens)
        if self.count >= self._limit:
            self.reason = "length"
        self._speaks = True
        return [Delta(text, len(tokens), tuple(tokens), (), "reasoning" if self._thinks else part)]

    def _joined(self, tokens: Sequence[int], text: str) -> str:
        """Their text in one; none where they must be looked at one by one."""
        bytes_of = self._vocabulary.bytes_of
        try:
            text = text or b"".join([bytes_of[token] for token in tokens]).decode()
        except UnicodeDecodeError:
            return ""
        # A thought may have tags in it, and blanks that belong to the next one.
        if self._thinks and ("<" in text or text[-1].isspace()):
            return ""
        return "" if self._watched and not self._texts.passes(text) else text

    def feed(self, token: int, part: Part | None = None) -> list[Delta]:
        """What can be given out after one more token; the script may know what it is a part of."""
        self.count += 1
        delta = self._whole(token, part)
        whole = [] if delta is None else [delta]
        given = self._watch(token, delta) if self._watched else whole
        if self.reason is None and self.count >= self._limit:
            self.reason = "length"
            given += self._release()
        return given

    def flush(self) -> list[Delta]:
        """The script is over: what was held back, and the end token is counted."""
        if self.reason is not None:
            return []
        self.reason = "stop"
        self.count += 1
        return self._release()

    def ended(self, *, prompt_tokens: int, cached_tokens: int) -> Ended:
        """The counters; only after the end."""
        return Ended(
            reason=self.reason or "stop",
            prompt_tokens=prompt_tokens,
            cached_tokens=cached_tokens,
            completion_tokens=self.count,
            matched_stop=self.matched,
        )

    def _whole(self, token: int, part: Part | None) -> Delta | None:
        """A delta once its characters are whole; it stands for all tokens since the last one."""
        self._unfinished.append(token)
        text = self._text(token)
        if not text:
            return None
        if self._speaks is not False:
            self._hear(text)
        ids = tuple(self._unfinished)
        self._unfinished.clear()
        logprobs: tuple[TokenLogprob, ...] = ()
        if self._chances is not None:
            logprobs = (self._chances.entry(token, text, position=self.count),)
        return Delta(text, len(ids), ids, logprobs, part)

    def _hear(self, text: str) -> None:
        """What begins with a tag is cut at every token, and so is what may follow a thought.

        Blanks in a thought may belong to a tag behind them, so they wait for a word.
        """
        if self._thinks:
            self._speaks = False if "<" in text else None if text[-1].isspace() else True
        elif self._speaks is None and (begun := text.lstrip()):
            self._speaks = begun[0] != "<"

    def _text(self, token: int) -> str:
        control = self._vocabulary.control_text.get(token)
        if control is not None:
            self._decoder.reset()
            return control
        if len(self._unfinished) == 1:
            whole = self._vocabulary.text_of[token]
            if whole is not None:
                return whole
        return self._decoder.decode(self._vocabulary.bytes_of[token])

    def _watch(self, token: int, delta: Delta | None) -> list[Delta]:
        """Hold back whatever may turn out to be part of a stop."""
        if delta is not None:
            self._held.append(delta)
            found = self._texts.feed(delta.text, but=_NO_TAGS.get(delta.part or "answer", ()))
            if found is not None:
                self.reason, self.matched = "stop", found.stop
                return self._release(texts_behind=found.length)
        sequence = self._ids.feed(token)
        if sequence is not None:
            self.reason = "stop"
            self.matched = self._vocabulary.decode(sequence).decode(errors="replace")
            return self._release(ids_behind=len(sequence))
        return self._release(texts_behind=self._texts.doubtful, ids_behind=self._ids.doubtful)

    def _release(self, *, texts_behind: int = 0, ids_behind: int = 0) -> list[Delta]:
        """Give out what lies before the last so many letters and tokens.

        At a stop the delta that crosses the border gives its first letters; else it waits whole.
        """
        if not texts_behind and not ids_behind:
            given, self._held = self._held, []
            return given
        letters = sum(len(delta.text) for delta in self._held) - texts_behind
        tokens = sum(delta.tokens for delta in self._held) + len(self._unfinished) - ids_behind
        given = list[Delta]()
        for delta in self._held:
            letters -= len(delta.text)
            tokens -= delta.tokens
            if letters >= 0 and tokens >= 0:
                given.append(delta)
                continue
            kept = delta.text[: len(delta.text) + letters]
            if self.matched is not None and tokens >= 0 and kept:
                given.append(replace(delta, text=kept))
            break
        del self._held[: len(given)]
        return given


def _chances(generation: Generation, vocabulary: Vocabulary) -> Chances | None:
    if generation.logprobs is None:
        return None
    greedy = generation.sampling.temperature == 0
    return Chances(vocabulary, alternatives=generation.logprobs, greedy=greedy)
