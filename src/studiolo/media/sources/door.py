"""Where connections may go: to addresses that were looked at, and nowhere else."""

import socket
from collections.abc import Sequence

from aiohttp.abc import AbstractResolver, ResolveResult

from studiolo.media.sources.addresses import Address, address_of


class Door(AbstractResolver):
    """Lets a connection go to these addresses, whatever its host is called."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses, in the order of whoever knew them."""
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""

    def opened(self, found: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
        """What the connection is made with, if it goes where it may."""
        family, kind, proto, _, address = found
        if address_of(str(address[0])) not in self._addresses:
            raise OSError("this address was not looked at")
        return socket.socket(family=family, type=kind, proto=proto)
