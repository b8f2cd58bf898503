"""Patterns with `*`, which stands for any letters and for none; all else stands for itself."""


def fits(text: str, pattern: str) -> bool:
    """Whether the whole text is like the pattern."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == first
    *middle, last = rest
    at, end = len(first), len(text) - len(last)
    if at > end or not (text.startswith(first) and text.endswith(last)):
        return False
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
