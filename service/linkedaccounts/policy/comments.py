"""What the contract says of its own elements: the comments that an editor of rules goes by.

The generated code has no comments; the descriptor set that the build writes beside it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
)

_Place = tuple[int, ...]


def comment_of_field(field: FieldDescriptor) -> str:
    """What the contract says of a field, in one line."""
    return _comments()[field.full_name]


def comment_of_value(enum: EnumDescriptor, name: str) -> str:
    """What the contract says of the value that it calls ``name``, in one line."""
    return _comments()[f"{enum.full_name}.{name}"]


@cache
def _comments() -> Mapping[str, str]:
    packed = resources.files("linkedaccounts.v1").joinpath("contract.binpb").read_bytes()
    return {name: text for file in FileDescriptorSet.FromString(packed).file for name, text in _of_file(file)}


def _of_file(file: FileDescriptorProto) -> Iterator[tuple[str, str]]:
    """The comments above the fields of messages and the values of enums, by full name."""
    above = {tuple(place.path): place.leading_comments for place in file.source_code_info.location}
    for place, name in _elements(file):
        yield f"{file.package}.{name}", " ".join(above.get(place, "").split())


def _elements(file: FileDescriptorProto) -> Iterator[tuple[_Place, str]]:
    """Where the source information has each field and value, and its name in the package."""
    for index, message in enumerate(file.message_type):
        for number, field in enumerate(message.field):
            place = (FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, index, DescriptorProto.FIELD_FIELD_NUMBER, number)
            yield place, f"{message.name}.{field.name}"
    for index, enum in enumerate(file.enum_type):
        for number, value in enumerate(enum.value):
            place = (FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER, index, EnumDescriptorProto.VALUE_FIELD_NUMBER, number)
            yield place, f"{enum.name}.{value.name}"
