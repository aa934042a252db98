"""Generates the Python code of the contract from protos/; the build runs it, and nothing generated is committed.

As a program: ``python protos/generate.py [--out DIR]`` writes the package ``linkedaccounts.v1`` below DIR, by default
``service``; protos/build_hook.py does the same before a wheel or an editable install is made.
``python protos/generate.py --descriptors FILE [--protos DIR]`` writes the descriptor set of a contract, comments and
imports included, which is what ``buf`` reads.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from argparse import ArgumentParser
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

import google.rpc
import grpc_tools
from grpc_tools import protoc as compiler

PROTOS = Path(__file__).resolve().parent
SERVICE = PROTOS.parent / "service"
PLUGINS = ("protoc-gen-mypy", "protoc-gen-mypy_grpc")


def sources(protos: Path) -> list[str]:
    """The contract's files as protoc names them, in order, so that the output is reproducible."""
    return sorted(path.relative_to(protos).as_posix() for path in protos.rglob("*.proto"))


def protoc(*options: str, protos: Path = PROTOS) -> None:
    """Runs the protoc of grpcio-tools over a contract; a complaint of protoc ends the program."""
    well_known = resources.files(grpc_tools) / "_proto"
    google_api = Path(next(iter(google.rpc.__path__))).parents[1]
    command = ["protoc", f"-I{protos}", f"-I{google_api}", f"-I{well_known}", *options, *sources(protos)]
    if compiler.main(command) != 0:
        sys.exit("protoc refused the contract; its complaint stands above")


def plugin(name: str) -> str:
    """The option that tells protoc where a plugin is: beside this Python, whether or not its venv is activated."""
    places = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
    found = shutil.which(name, path=places)
    if found is None:
        sys.exit(f"{name} is missing; it comes with mypy-protobuf: `make protos` installs it")
    return f"--plugin={name}={found}"


def generate(out: Path) -> Path:
    """Writes messages, stubs and their type annotations below ``out``; returns the generated package's folder.

    Files that are as they should be are left alone, so that a running service is not disturbed by an install.
    """
    package = out / "linkedaccounts" / "v1"
    package.mkdir(parents=True, exist_ok=True)
    fresh = generated()
    for stale in package.iterdir():
        if stale.is_file() and stale.name not in fresh:
            stale.unlink()
    for name, content in fresh.items():
        if not (package / name).is_file() or (package / name).read_bytes() != content:
            (package / name).write_bytes(content)
    return package


def generated() -> dict[str, bytes]:
    """The files of the package ``linkedaccounts.v1`` by name.

    Beside the code, which has no comments of the contract, stands the contract's descriptor set, which has.
    """
    with TemporaryDirectory() as scratch:
        languages = (f"--{language}_out={scratch}" for language in ("python", "mypy", "grpc_python", "mypy_grpc"))
        described = f"--descriptor_set_out={scratch}/linkedaccounts/v1/contract.binpb"
        protoc(*map(plugin, PLUGINS), *languages, "--include_source_info", described)
        files = {file.name: file.read_bytes() for file in Path(scratch, "linkedaccounts", "v1").iterdir()}
    return {"__init__.py": b'"""Generated from protos/linkedaccounts/v1; do not edit."""\n', **files}


def describe(protos: Path, file: Path) -> None:
    """Writes the descriptor set of the contract in ``protos`` to ``file``."""
    protoc("--include_source_info", "--include_imports", f"--descriptor_set_out={file}", protos=protos)


def main() -> None:
    """Generates code or, with ``--descriptors``, a descriptor set."""
    parser = ArgumentParser(description="Generates from the contract in protos/.")
    parser.add_argument("--out", type=Path, default=SERVICE, help="where the package linkedaccounts.v1 goes")
    parser.add_argument("--descriptors", type=Path, metavar="FILE", help="write a descriptor set instead")
    parser.add_argument("--protos", type=Path, default=PROTOS, help="the contract that --descriptors reads")
    options = parser.parse_args()
    if options.descriptors:
        describe(options.protos.resolve(), options.descriptors)
    else:
        generate(options.out)


if __name__ == "__main__":
    main()
