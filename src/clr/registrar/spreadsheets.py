"""Reading a CSV file the way people save them: any common encoding and separator, each fault with its place."""

import codecs
import csv
import difflib
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time
from typing import Any

from clr.errors import BadInput, Problem
from clr.records.canonical import is_web_address

SEPARATORS = ",;\t"
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,4})?", re.ASCII)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one row: ``line`` counts from 1 with the header, ``column`` is the header's word."""

    line: int
    column: str
    says: str


class RowRefused(Exception):
    """A row that cannot be imported; its faults say why."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.says for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Row:
    """One row as written; blanks are trimmed, absent cells are empty."""

    line: int
    cells: dict[str, str]
    surplus: str = ""

    def require_whole(self) -> None:
        """Refuse the row when it has more cells than the header, so that nothing is dropped unseen."""
        if self.surplus:
            says = f'"{self.surplus}" stands beyond the last column; quote a cell that holds the separator.'
            raise RowRefused(Fault(self.line, "", says))

    def require_fitting(self, longest: Mapping[str, int]) -> None:
        """Refuse the row when cells hold more characters than they may."""
        faults = [
            Fault(self.line, column, f"{column} holds {len(text)} characters; {longest[column]} is the most.")
            for column, text in self.cells.items()
            if len(text) > longest.get(column, len(text))
        ]
        if faults:
            raise RowRefused(*faults)

    def each(self, *reads: Callable[[], Any]) -> list[Any]:
        """Return what each of several reads gives, or refuse the row with the faults of all of them."""
        found: list[Any] = []
        faults: list[Fault] = []
        for read in reads:
            try:
                found.append(read())
            except RowRefused as refused:
                faults += refused.faults
        if faults:
            raise RowRefused(*faults)
        return found

    def text(self, column: str) -> str | None:
        """Return what the cell says, ``None`` when it says nothing."""
        return self.cells.get(column) or None

    def required(self, column: str) -> str:
        """Return what the cell says, or refuse the row."""
        if found := self.text(column):
            return found
        raise RowRefused(Fault(self.line, column, f"{column} is empty; fill it in."))

    def moment(self, column: str) -> datetime | None:
        """Return the cell as a moment: a date is its first second in UTC, a time must carry its zone."""
        given = self.text(column)
        if given is None:
            return None
        try:
            if len(given) <= len("2026-01-31"):
                return _kept_anywhere(datetime.combine(date.fromisoformat(given), time(), UTC))
            found = datetime.fromisoformat(given)
            if found.tzinfo is not None:
                return _kept_anywhere(found)
        except ValueError:
            raise self._not_a_date(column, given) from None
        says = f'"{given}" has no time zone; write a date (2026-01-31) or add one (…T09:00:00Z).'
        raise RowRefused(Fault(self.line, column, says))

    def number(self, column: str, *, most: float) -> float | None:
        """Return the cell as a number from 0 to ``most``, of at most four decimals."""
        given = self.text(column)
        if given is None:
            return None
        if not _NUMBER.fullmatch(given):
            raise RowRefused(Fault(self.line, column, f'"{given}" is no number; write 3 or 1.5.'))
        if float(given) > most:
            raise RowRefused(Fault(self.line, column, f"{given} is more than {most:g}, which is the most."))
        return float(given)

    def address(self, column: str) -> str | None:
        """Return the cell as an e-mail address."""
        given = self.text(column)
        if given is not None and not _ADDRESS.fullmatch(given):
            says = f'"{given}" is no e-mail address; write name@example.edu.'
            raise RowRefused(Fault(self.line, column, says))
        return given

    def web_address(self, column: str) -> str | None:
        """Return the cell as the absolute address of something on the web."""
        given = self.text(column)
        if given is not None and not is_web_address(given):
            says = f'"{given}" is no web address; begin it with https:// and write odd letters with %.'
            raise RowRefused(Fault(self.line, column, says))
        return given

    def _not_a_date(self, column: str, given: str) -> RowRefused:
        return RowRefused(
            Fault(self.line, column, f'"{given}" is not a date; write year-month-day: 2026-01-31.')
        )


def rows_of(content: bytes, *, known: Sequence[str], required: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a CSV file; ``BadInput`` when the file itself cannot be used, naming the cure.

    Encodings: UTF-8 and UTF-16 (by its byte order mark). Separators: comma, semicolon, tab.
    """
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    line = 1
    try:
        columns = _columns(next(reader, []), known, required)
        line = reader.line_num + 1
        for values in reader:
            cells = [value.strip() for value in values]
            if any(cells):
                surplus = " ".join(filter(None, cells[len(columns) :]))
                yield Row(line, dict(zip(columns, cells, strict=False)), surplus)
            line = reader.line_num + 1
    except csv.Error as fault:
        raise BadInput(f"Line {line} cannot be read: {fault}. Check its quotation marks.") from None


def nearest(given: str, names: Sequence[str]) -> str:
    """Return " Did you mean …?" for the name most like ``given``, or nothing."""
    like = difflib.get_close_matches(given, names, n=1, cutoff=0.5)
    return f' Did you mean "{like[0]}"?' if like else ""


def _kept_anywhere(moment: datetime) -> datetime:
    """Return a moment in UTC; ``ValueError`` for one that the calendar has in one time zone but not in another."""
    if not MINYEAR < moment.year < MAXYEAR:
        raise ValueError("this year is not kept")
    return moment.astimezone(UTC)


def _decoded(content: bytes) -> str:
    encoding = next((name for mark, name in _BOMS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as fault:
        raise BadInput(
            f"The file is not UTF-8 (byte {fault.start}). Save it again as CSV UTF-8 and import that."
        ) from None
    if "\x00" in text:
        raise BadInput("The file holds NUL characters, so it is no text. Export it as CSV and import that.")
    return text


def _separator(text: str) -> str:
    header = text.partition("\n")[0]
    return max(SEPARATORS, key=header.count)


def _columns(header: Sequence[str], known: Sequence[str], required: Sequence[str]) -> list[str]:
    columns = [name.strip().lower().replace(" ", "_") for name in header]
    while columns and not columns[-1]:  # spreadsheets leave empty columns behind
        columns.pop()
    faults = [
        Problem(
            f"line 1, {name or 'a column without a name'}",
            "unknown",
            f"This column is not known.{nearest(name, known)}",
        )
        for name in columns
        if name not in known
    ]
    faults += [
        Problem(f"line 1, {name}", "missing", f"The column {name} is missing.")
        for name in required
        if name not in columns
    ]
    faults += [
        Problem(f"line 1, {name}", "duplicate", f"The column {name} appears twice.")
        for name in {name for name in columns if columns.count(name) > 1}
    ]
    if faults:
        says = "; ".join(f"{fault.at}: {fault.says}" for fault in faults)
        raise BadInput(f"The header cannot be used. {says} Known columns: {', '.join(known)}.", tuple(faults))
    return columns
