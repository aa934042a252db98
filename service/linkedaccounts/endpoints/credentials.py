"""TLS and mutual TLS by three files."""

from __future__ import annotations

import ssl
from pathlib import Path

import grpc

from linkedaccounts.endpoints.ports import CannotServe


def server_credentials(
    certificate: Path | None, key: Path | None, client_ca: Path | None
) -> grpc.ServerCredentials | None:
    """What the server shows of itself, and with ``client_ca`` asks of its callers; None is plain text.

    CannotServe names the file that cannot be read or used.
    """
    if certificate is None or key is None:
        return None
    _check(certificate, key, client_ca)
    authorities = _bytes(client_ca) if client_ca else None
    return grpc.ssl_server_credentials(
        [(_bytes(key), _bytes(certificate))], authorities, require_client_auth=authorities is not None
    )


def _check(certificate: Path, key: Path, client_ca: Path | None) -> None:
    """gRPC would take bad files without a word and then refuse every connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:
        raise CannotServe(f"cannot use the certificate {certificate} with the key {key}: {_why(error)}") from None
    try:
        if client_ca:
            context.load_verify_locations(client_ca)
    except OSError as error:
        raise CannotServe(f"cannot use the authorities {client_ca}: {_why(error)}") from None


def _why(error: OSError) -> str:
    """What OpenSSL names says what it means; what it does not name is that the file is no PEM file."""
    if not isinstance(error, ssl.SSLError):
        return error.strerror or str(error)
    reason: str | None = error.reason
    return reason.replace("_", " ").lower() if reason else "not a PEM file of the right kind"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CannotServe(f"cannot read {path}: {error.strerror}") from None
