"""Which comment belongs to what: each is given to an entry, a group or the head of its file, and none is lost.

On the line of an entry it belongs to that entry. On a line of its own it belongs to what follows, unless it is indented
like something deeper that ends above it: then to the foot of that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from linkedaccounts.workbench.layout import Comment, Entry, Group, Layout


def with_comments(text: str) -> Layout:
    """The layout of a file that policy.read can read, with its comments where they belong."""
    layout = Layout(text)
    giver = _Giver(layout)
    for start, end in layout.comments:
        giver.give(start, text[start:end].rstrip())
    _divide_head(layout)
    return layout


class _Giver:
    """Gives the comments of a file to its parts, in their order."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._starts = [entry.start for entry in layout.entries]
        self._gap = (-1, 0)

    def give(self, at: int, text: str) -> None:
        """Gives away one comment."""
        count = bisect_left(self._starts, at)
        comment = Comment(text, at, self._layout.lines.apart(at))
        after = self._layout.entries[count] if count < len(self._starts) else None
        if not count:
            self._layout.head.append(comment)
        elif self._layout.lines.alone(at):
            column = self._layout.lines.place(at)[1]
            if self._gap[0] == count:
                column = min(column, self._gap[1])
            self._gap = (count, column)
            self._alone(at, comment, column, self._layout.entries[count - 1], after)
        else:
            self._on_a_line(at, comment, self._layout.entries[count - 1])

    def _alone(self, at: int, comment: Comment, column: int, before: Entry, after: Entry | None) -> None:
        if not isinstance(before.value, Group) and at < before.value.start:
            before.lift([comment])
        elif (brackets := _brackets(before, at)) is not None:
            _inside(brackets, comment, after, self._layout.root)
        elif after is not None and after.parent is before.value:
            after.above.append(comment)
        else:
            self._between(comment, column, before, after)

    def _between(self, comment: Comment, column: int, before: Entry, after: Entry | None) -> None:
        """A comment on a line of its own, after the last entry of some groups."""
        before = _out_of_brackets(before)
        stop = after.parent if after is not None else self._layout.root
        ended = [] if column <= stop.column else list(_groups(before, stop))
        foot = next((group for group in ended if group.column <= column), None)
        if before.hollow and column > before.column:
            before.below.append(comment)
        elif foot is not None:
            foot.foot.append(comment)
        elif after is not None:
            after.above.append(comment)
        else:
            self._layout.root.foot.append(comment)

    def _on_a_line(self, at: int, comment: Comment, before: Entry) -> None:
        end = self._end_of_text(at)
        sign = self._layout.bare[end - 1]
        entry = next((entry for entry in _outwards(before) if entry.end == end), None)
        opened = isinstance(before.value, Group) and before.value.start == end - 1
        if entry is None and end >= self._layout.root.end:
            self._layout.root.foot.append(comment)
        elif entry is None and (sign in "-?" or not (isinstance(before.value, Group))):
            before.lift([comment])
        else:
            _beside(before if entry is None or opened else entry, comment)

    def _end_of_text(self, at: int) -> int:
        """Where the text before a comment ends, a comma apart."""
        bare = self._layout.bare
        while bare[at - 1] in " \t":
            at -= 1
        if bare[at - 1] == ",":
            at -= 1
            while bare[at - 1].isspace():
                at -= 1
        return at


def _beside(entry: Entry, comment: Comment) -> None:
    if entry.beside:
        entry.lift([entry.beside])
    entry.beside = comment


def _inside(group: Group, comment: Comment, after: Entry | None, root: Group) -> None:
    """A comment on a line of its own between brackets."""
    if after is not None and after.start < group.end:
        after.above.append(comment)
    elif group.entries or group is root:
        group.foot.append(comment)
    elif group.owner is not None:
        group.owner.below.append(comment)


def _outwards(entry: Entry) -> Iterator[Entry]:
    """An entry, and what it stands in."""
    within: Entry | None = entry
    while within is not None:
        yield within
        within = within.parent.owner


def _groups(entry: Entry, stop: Group) -> Iterator[Group]:
    """The groups that an entry stands in, from the inside, as far as one that goes on."""
    for within in _outwards(entry):
        if within.parent is stop:
            return
        yield within.parent


def _brackets(before: Entry, at: int) -> Group | None:
    """The innermost group in brackets that is open at a place."""
    around = [before.value, *(entry.parent for entry in _outwards(before))]
    groups = [group for group in around if isinstance(group, Group) and group.bracketed]
    return next((group for group in groups if group.start < at < group.end), None)


def _out_of_brackets(entry: Entry) -> Entry:
    return next((outer for outer in _outwards(entry) if not outer.parent.bracketed), entry)


def _divide_head(layout: Layout) -> None:
    """What stands right above the first entry, under an empty line, belongs to it and not to the file."""
    entries = layout.root.entries
    if not entries:
        return
    first = entries[0]
    divided = [number for number, comment in enumerate(layout.head) if comment.apart and number]
    layout.head_apart = first.apart or bool(divided)
    if not first.apart and divided:
        first.above[:0] = layout.head[divided[-1] :]
        del layout.head[divided[-1] :]
    elif layout.head:
        first.apart = False
