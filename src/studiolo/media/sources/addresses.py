"""Which hosts may be asked for a file: public ones, and those that the settings name."""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# All that is given out for the public; what lies elsewhere only embeds older addresses.
_PUBLIC: Final = ipaddress.IPv6Network("2000::/3")
# Set aside for examples and for protocols, which not every Python knows; and the address at which
# Azure's machines are told about themselves, public by the registry.
_NOT_PUBLIC: Final = (
    ipaddress.ip_network("3fff::/20"),
    ipaddress.ip_network("192.0.0.0/24"),
    ipaddress.ip_network("168.63.129.16/32"),
)
_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")
# The second half of an address that tunnels within a site (ISATAP).
_TUNNELS: Final = frozenset((0x00005EFE, 0x02005EFE))
_HALF: Final = 32
_FOUR_BYTES: Final = 0xFFFFFFFF
_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*", re.ASCII)

_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


class PrivateHosts:
    """The hosts that may be asked though they are not public: names, addresses and networks."""

    def __init__(self, entries: Sequence[str]) -> None:
        """Raises ValueError."""
        self._names = frozenset(name for each in entries for name in _names(each))
        self._networks = tuple(network for each in entries for network in _networks(each))

    def knows(self, host: str) -> bool:
        """Whether this name may be asked wherever it leads."""
        return plain_name(host) in self._names

    def allows(self, address: Address) -> bool:
        """Whether this address may be asked: it is public, or in one of the networks."""
        address = _mapped(address)
        return is_public(address) or any(address in network for network in self._networks)


def plain_name(host: str) -> str:
    """A name as it is compared."""
    return host.lower().rstrip(".")


def address_of(host: str) -> Address | None:
    """The address that this host is, if it is one and no name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_name(host: str) -> bool:
    """Whether this can be the name of a host, and is not an address in an odd spelling.

    Resolvers read numbers in names such as 2130706433, 0x7f.1 or 127.1.
    """
    name = plain_name(host)
    return _NAME.fullmatch(name) is not None and _NUMBER.fullmatch(name.rpartition(".")[2]) is None


def is_public(address: Address) -> bool:
    """Whether everybody on the internet reaches the same by it, and by all it embeds."""
    if any(address in network for network in _NOT_PUBLIC):
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if not all(map(is_public, _embedded(address))):
            return False
        if address in _TRANSLATED or address.ipv4_mapped is not None:
            return True
        if address not in _PUBLIC:
            return False
        if address.sixtofour is not None or address.teredo is not None:
            return True
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _embedded(address: ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    low = int(address) & _FOUR_BYTES
    if address in _TRANSLATED or int(address) >> _HALF & _FOUR_BYTES in _TUNNELS:
        yield ipaddress.IPv4Address(low)


def _mapped(address: Address) -> Address:
    """An IPv4 address that is written as one of IPv6 is that IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _networks(entry: str) -> Iterator[Network]:
    if _is_network(entry):
        yield ipaddress.ip_network(entry, strict=False)


def _names(entry: str) -> Iterator[str]:
    if _is_network(entry):
        return
    if not is_name(entry):
        raise ValueError(f"{entry!r} is neither a host name nor a network")
    yield plain_name(entry)


def _is_network(entry: str) -> bool:
    """Raises ValueError for what looks like a network and is none."""
    if "/" not in entry and address_of(entry) is None:
        return False
    ipaddress.ip_network(entry, strict=False)
    return True
