"""The addresses of the world on this machine: what a process reaches by HTTPS ends at a stand-in, and nowhere else.

A process is told by its environment alone, as in any company with a proxy: CONNECT goes to this one, which answers for
every host with a certificate of its own authority and hands the bytes to the host's stand-in. gRPC, urllib, httpx and
requests all follow. Whoever asks for another host gets 502.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@contextmanager
def loopback_internet(folder: Path, hosts: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Serves while the block runs; the variables that lead a process here.

    hosts: name → the stand-in's http://127.0.0.1:port"""
    authority, server = _certificates(folder, list(hosts))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server)
    context.set_alpn_protocols(["h2", "http/1.1"])
    stand_ins = {host: urlsplit(address) for host, address in hosts.items()}
    # One loop for all of it: a connection under TLS is read and written by one thread, or memory is corrupted.
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    opening = asyncio.start_server(lambda *ends: _tunnel(context, stand_ins, *ends), "127.0.0.1", 0)
    proxy = asyncio.run_coroutine_threadsafe(opening, loop).result()
    address = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
    try:
        yield {
            **dict.fromkeys(("https_proxy", "HTTPS_PROXY"), address),
            **dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost"),
            **dict.fromkeys(
                ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"), str(authority)
            ),
        }
    finally:
        asyncio.run_coroutine_threadsafe(_end(proxy), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _tunnel(
    context: ssl.SSLContext,
    stand_ins: Mapping[str, SplitResult],
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
        asked = await reader.readuntil(b"\r\n\r\n")
        method, target, _ = asked.split(b"\r\n", 1)[0].decode().split(" ", 2)
        to = stand_ins.get(target.rpartition(":")[0])
        if method != "CONNECT" or to is None:
            writer.write(b"HTTP/1.1 502 No such host here\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
        else:
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            await writer.start_tls(context)
            inner_reader, inner_writer = await asyncio.open_connection(to.hostname, to.port)
            await asyncio.gather(_pour(reader, inner_writer), _pour(inner_reader, writer))
    writer.close()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def _end(proxy: asyncio.Server) -> None:
    proxy.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _certificates(folder: Path, hosts: list[str]) -> tuple[Path, Path]:
    """An authority's certificate, and a key with the certificate that it gives to all hosts."""
    now = datetime.datetime.now(datetime.UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A test's own authority")])

    def signed(subject: x509.Name, public: ec.EllipticCurvePublicKey, *extensions: x509.ExtensionType) -> bytes:
        builder = x509.CertificateBuilder(name, subject, public, x509.random_serial_number())
        builder = builder.not_valid_before(now - datetime.timedelta(hours=1))
        builder = builder.not_valid_after(now + datetime.timedelta(days=1))
        for extension in extensions:
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    authority = signed(name, key.public_key(), x509.BasicConstraints(ca=True, path_length=0), identifier)
    known = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
    leaf = signed(x509.Name([]), own.public_key(), names, known)
    private = own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "authority.pem").write_bytes(authority)
    (folder / "server.pem").write_bytes(private + leaf)
    return folder / "authority.pem", folder / "server.pem"
