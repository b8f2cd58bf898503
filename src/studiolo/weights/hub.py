"""Asks a model hub where a file is and what its checksum is.

`HF_ENDPOINT` chooses the hub and `HF_TOKEN` opens closed repositories, as everywhere.
"""

import aiohttp
from huggingface_hub import get_token, hf_hub_url
from yarl import URL

from studiolo.weights.errors import PullFailed
from studiolo.weights.references import HubFile
from studiolo.weights.web import WebSource

_SHA256_DIGITS = 64
_REFUSED = 400
_MOST_HOPS = 5
_TIMEOUT = aiohttp.ClientTimeout(total=60)
_REMEDIES = {
    401: "the repository does not exist or is closed; accept its terms there and set HF_TOKEN",
    403: "this token may not read it; accept the terms of the repository there",
    404: "there is no such file or revision",
}


async def find(file: HubFile, reference: str, *, endpoint: str | None = None) -> WebSource:
    """Where to fetch it. The hub's checksum comes along if it has one. Raises PullFailed."""
    url = URL(hf_hub_url(file.repo, file.file, revision=file.revision, endpoint=endpoint))
    token = get_token()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        async with aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=True) as session:
            status, tag = await _ask(session, url, headers)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise PullFailed(reference, f"the hub does not answer: {error}") from error
    if status >= _REFUSED:
        raise PullFailed(reference, _REMEDIES.get(status, f"the hub answers {status}"))
    sha256 = tag if len(tag) == _SHA256_DIGITS else None
    return WebSource(str(url), reference, headers=headers, sha256=sha256)


async def _ask(
    session: aiohttp.ClientSession, url: URL, headers: dict[str, str]
) -> tuple[int, str]:
    """Status and tag of the hub itself: the store it sends us on to knows no checksum."""
    status, tag = 0, ""
    for _ in range(_MOST_HOPS):
        async with session.head(url, headers=headers, allow_redirects=False) as response:
            tag = response.headers.get("X-Linked-ETag") or response.headers.get("ETag", "")
            status = response.status
            onward = URL(response.headers.get("Location", url))
            if onward.absolute or tag:
                break
            url = url.join(onward)
    return status, tag.strip('"')
