"""Certificates made for the occasion, as files."""

from __future__ import annotations

from pathlib import Path

import grpc
import trustme


class Certificates:
    """An authority with a certificate for the server and as many as wanted for callers."""

    def __init__(self, directory: Path) -> None:
        self.authority = trustme.CA()
        self.ca = directory / "ca.pem"
        self.certificate, self.key = directory / "server.pem", directory / "server.key"
        self.authority.cert_pem.write_to_path(str(self.ca))
        server = self.authority.issue_cert("localhost")
        server.private_key_pem.write_to_path(str(self.key))
        for blob in server.cert_chain_pems:
            blob.write_to_path(str(self.certificate), append=True)
        self.caller = self.authority.issue_cert("caller@example.org")

    def settings(self, *, mutual: bool = False) -> dict[str, Path | None]:
        return {
            "tls_certificate": self.certificate,
            "tls_key": self.key,
            "tls_client_ca": self.ca if mutual else None,
        }

    def credentials(self, caller: trustme.LeafCert | None = None) -> grpc.ChannelCredentials:
        key = caller.private_key_pem.bytes() if caller else None
        chain = b"".join(blob.bytes() for blob in caller.cert_chain_pems) if caller else None
        return grpc.ssl_channel_credentials(self.ca.read_bytes(), key, chain)
