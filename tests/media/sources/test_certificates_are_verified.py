"""A host that cannot show who it is gets no request."""

import asyncio
import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.media.conftest import MakeViewer

from studiolo.core.media.errors import MediaDownloadFailed
from studiolo.core.messages import MediaPart

pytestmark = pytest.mark.anyio


@pytest.fixture
def own_certificate(tmp_path: Path) -> ssl.SSLContext:
    """For this machine, signed by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pictures.example")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    place = tmp_path / "own.pem"
    place.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place)
    return context


async def test_a_certificate_of_ones_own_is_refused(
    make_viewer: MakeViewer, own_certificate: ssl.SSLContext
) -> None:
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.close()

    viewer = make_viewer(private_hosts=("127.0.0.1",))
    server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=own_certificate)
    async with server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/a.png"
        with pytest.raises(MediaDownloadFailed) as refused:
            await viewer.look(MediaPart("image", (url,)))
    assert refused.value.reason == "The certificate of the host is not valid."
    assert heard == []
