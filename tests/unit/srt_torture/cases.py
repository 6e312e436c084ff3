"""SRT files as people, editors and mail leave them, and what a reader has to make of each."""

# One line a case reads best here.
# ruff: noqa: E501
from __future__ import annotations

from dataclasses import dataclass

T1 = "00:00:01,000 --> 00:00:02,000"
T2 = "00:00:03,000 --> 00:00:04,000"
T3 = "00:00:05,000 --> 00:00:06,000"
A = (1000, 2000, "a")
B = (3000, 4000, "b")
C = (5000, 6000, "c")
GOOD = f"1\n{T1}\na\n\n2\n{T2}\nb\n\n"
RUSSIAN = f"1\n{T1}\nПривет, как дела?\n\n2\n{T2}\nСегодня — о музыке.\n\n"
RU = ((1000, 2000, "Привет, как дела?"), (3000, 4000, "Сегодня — о музыке."))
SPANISH = f"1\n{T1}\n¿Cómo está, señor?\n\n2\n{T2}\nMañana irá.\n\n"
ES = ((1000, 2000, "¿Cómo está, señor?"), (3000, 4000, "Mañana irá."))


@dataclass(frozen=True)
class Case:
    """`cues`: start and end in ms, then lines; `faults`: `kind@line`, with `!` if an error."""

    name: str
    data: bytes
    cues: tuple[tuple[int | str, ...], ...]
    faults: str = ""
    headers: tuple[str, ...] = ()


def _case(
    name: str,
    data: str | bytes,
    cues: tuple[tuple[int | str, ...], ...],
    faults: str = "",
    headers: tuple[str, ...] = (),
) -> Case:
    return Case(name, data.encode() if isinstance(data, str) else data, cues, faults, headers)


def _times(line: str, name: str, start: int, end: int, faults: str = "time-form@2") -> Case:
    return _case(name, f"1\n{line}\na\n\n2\n{T3}\nc\n", ((start, end, "a"), C), faults)


def _no_times(line: str, name: str) -> Case:
    return _case(
        name, f"1\n{T1}\na\n\n2\n{line}\nb\n\n3\n{T3}\nc\n", (A, C), "broken-cue@5! number@9"
    )


LINE_ENDS = (
    _case("as SRT says", GOOD, (A, B)),
    _case("no line end at the end", GOOD.rstrip(), (A, B)),
    _case("many line ends at the end", GOOD + "\n\n\n", (A, B)),
    _case("CRLF", GOOD.replace("\n", "\r\n"), (A, B)),
    _case("CR", GOOD.replace("\n", "\r"), (A, B)),
    _case("CR CR LF throughout", GOOD.replace("\n", "\r\r\n"), (A, B)),
    _case("mixed ends", f"1\r\n{T1}\ra\n\r\n2\r{T2}\r\nb\n", (A, B)),
    _case("blank lines of blanks", f"1\n{T1}\na\n \t\n2\n{T2}\nb\n", (A, B)),
    _case("blank lines first", "\n\n" + GOOD, (A, B)),
    _case("many blank lines between", GOOD.replace("\n\n", "\n\n\n\n"), (A, B)),
    _case(
        "U+2028 in text", f"1\n{T1}\na\u2028b\n", ((1000, 2000, "a\u2028b"),), "control-character@3"
    ),
    _case("U+0085 in text", f"1\n{T1}\na\x85b\n", ((1000, 2000, "a\x85b"),), "control-character@3"),
    _case("VT and FF", f"1\n{T1}\na\vb\fc\n", ((1000, 2000, "a\vb\fc"),), "control-character@3"),
    _case("empty", b"", (), "no-cues@1"),
    _case("blank", b"\n \r\n\t", (), "no-cues@1"),
    _case("a mark alone", b"\xef\xbb\xbf", (), "no-cues@1"),
)

ENCODINGS = (
    _case("UTF-8 with a mark", b"\xef\xbb\xbf" + RUSSIAN.encode(), RU),
    _case("mark and CRLF", b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode(), (A, B)),
    _case("UTF-16-LE", b"\xff\xfe" + RUSSIAN.encode("utf-16-le"), RU, "encoding@1"),
    _case("UTF-16-BE", b"\xfe\xff" + RUSSIAN.encode("utf-16-be"), RU, "encoding@1"),
    _case("UTF-16-LE, no mark", RUSSIAN.encode("utf-16-le"), RU, "encoding@1"),
    _case("UTF-16-BE, no mark", RUSSIAN.encode("utf-16-be"), RU, "encoding@1"),
    _case("UTF-32-LE", RUSSIAN.encode("utf-32"), RU, "encoding@1"),
    _case("UTF-32-LE, no mark", RUSSIAN.encode("utf-32-le"), RU, "encoding@1"),
    _case("UTF-32-BE, no mark", RUSSIAN.encode("utf-32-be"), RU, "encoding@1"),
    _case(
        "UTF-16 cut in a character",
        b"\xff\xfe" + GOOD.rstrip().encode("utf-16-le") + b"\x01",
        (A, (3000, 4000, "b\\x01")),
        "encoding@1 encoding@7!",
    ),
    _case("UTF-16's mark before UTF-8", b"\xff\xfe" + RUSSIAN.encode(), RU, "encoding@1"),
    _case("CP1251", RUSSIAN.encode("cp1251"), RU, "encoding@3"),
    _case("KOI8-R", RUSSIAN.replace("—", "-").encode("koi8-r"), (RU[0], (3000, 4000, "Сегодня - о музыке.")), "encoding@3"),
    _case("CP866", RUSSIAN.replace("—", "-").encode("cp866"), (RU[0], (3000, 4000, "Сегодня - о музыке.")), "encoding@3"),
    _case("two letters of CP1251", f"1\n{T1}\nДа.\n".encode("cp1251"), ((1000, 2000, "Да."),), "encoding@3"),
    _case("Spanish in CP1252", SPANISH.encode("cp1252"), ES, "encoding@3"),
    _case("one Spanish letter", f"1\n{T1}\nSeñor.\n".encode("cp1252"), ((1000, 2000, "Señor."),), "encoding@3"),
    _case("quotes of CP1252", f"1\n{T1}\nIt’s\n".encode("cp1252"), ((1000, 2000, "It’s"),), "encoding@3"),
    _case(
        "a stray CP1252 byte in UTF-8",
        RUSSIAN.encode() + f"3\n{T3}\nEl a".encode() + b"\xf1o\n",
        (*RU, (5000, 6000, "El año")),
        "encoding@11",
    ),
    _case(
        "half a character in UTF-8",
        f"1\n{T1}\nПриве".encode() + b"\xd1\n",
        ((1000, 2000, "Приве\\xd1"),),
        "encoding@3 encoding@3!",
    ),
    _case(
        "a cue of CP1251 pasted into UTF-8",
        RUSSIAN.encode() + f"3\n{T3}\n".encode() + "Это другой текст.\n".encode("cp1251"),
        (*RU, (5000, 6000, "Это другой текст.")),
        "encoding@11",
    ),
    _case("a byte that CP1252 lacks", f"1\n{T1}\n¿Cómo está, señor?".encode("cp1252") + b"\x81\n", ((1000, 2000, "¿Cómo está, señor?\\x81"),), "encoding@3 encoding@3!"),
    _case("two files, a mark between", GOOD + "\ufeff3\n" + T3 + "\nc\n", (A, B, C)),
)  # fmt: skip

NUMBERS = (
    _case("no numbers", f"{T1}\na\n\n{T2}\nb\n", (A, B), "number@1"),
    _case("one number missing", f"1\n{T1}\na\n\n{T2}\nb\n\n3\n{T3}\nc\n", (A, B, C), "number@5"),
    _case("all numbers 1", f"1\n{T1}\na\n\n1\n{T2}\nb\n\n1\n{T3}\nc\n", (A, B, C), "number@5"),
    _case("a number twice", f"1\n{T1}\na\n\n2\n2\n{T2}\nb\n", (A, B), "number@5"),
    _case("a number twice, apart", f"1\n{T1}\na\n\n2\n\n2\n{T2}\nb\n", (A, B), "number@5"),
    _case("from 0", GOOD.replace("2\n00", "1\n00").replace("1\n00", "0\n00", 1), (A, B), "number@1"),
    _case("a jump", GOOD.replace("2\n00", "7\n00"), (A, B), "number@5"),
    _case("backwards", GOOD.replace("1\n00", "9\n00"), (A, B), "number@1"),
    _case("2.", GOOD.replace("2\n00", "2.\n00"), (A, B), "number@5"),
    _case("#2", GOOD.replace("2\n00", "#2\n00"), (A, B), "number@5"),
    _case("№ 2", GOOD.replace("2\n00", "№ 2\n00"), (A, B), "number@5"),
    _case("blanks round numbers", GOOD.replace("2\n00", "  2\t\n00"), (A, B)),
    _case("leading zeros", GOOD.replace("2\n00", "0002\n00"), (A, B)),
    _case("number and times in one line", f"1 {T1}\na\n\n2 {T2}\nb\n", (A, B), "number@1"),
    _case("a blank line under the number", f"1\n{T1}\na\n\n2\n\n{T2}\nb\n", (A, B), "blank-line@6"),
    _case("a number that is no number", f"1\n{T1}\na\n\nzwei\n{T2}\nb\n", ((1000, 2000, "a", "zwei"), B), "blank-line@4 number@6 glued@6"),
    _case("a number of thousands of digits", f"1\n{T1}\na\n\n{'7' * 5000}\n{T2}\nb\n", ((1000, 2000, "a", "7" * 5000), B), "blank-line@4 number@6 glued@6"),
)  # fmt: skip

BLANK_LINES = (
    _case("in a text", f"1\n{T1}\na\n\nmore\n\n2\n{T2}\nb\n", ((1000, 2000, "a", "more"), B), "blank-line@4"),
    _case("two in a text", f"1\n{T1}\na\n\nx\n\ny\n\n2\n{T2}\nb\n", ((1000, 2000, "a", "x", "y"), B), "blank-line@4"),
    _case("in the last text", GOOD + "more\n", (A, (3000, 4000, "b", "more")), "blank-line@8"),
    _case("between times and text", f"1\n{T1}\n\na\n\n2\n{T2}\nb\n", (A, B), "blank-line@3"),
    _case("between all lines", GOOD.replace("\n", "\n\n"), (A, B), "blank-line@2 blank-line@4 blank-line@12"),
    _case("missing between cues", f"1\n{T1}\na\n2\n{T2}\nb\n", (A, B), "glued@4"),
    _case("missing, no numbers either", f"{T1}\na\n{T2}\nb\n", (A, B), "number@1 glued@3"),
    _case("missing, and another number", f"1\n{T1}\na\n7\n{T2}\nb\n", (A, B), "number@4 glued@4"),
    _case("number-only text", f"1\n{T1}\n49\n\n2\n{T2}\nb\n", ((1000, 2000, "49"), B)),
    _case("number-only last line", f"1\n{T1}\nLotto:\n49\n\n2\n{T2}\nb\n", ((1000, 2000, "Lotto:", "49"), B)),
    _case("number-only text, no numbers", f"{T1}\n49\n\n{T2}\nb\n", ((1000, 2000, "49"), B), "number@1"),
    _case("number-only text, nothing between", f"{T1}\nLotto:\n49\n{T2}\nb\n", ((1000, 2000, "Lotto:", "49"), B), "number@1 glued@4"),
    _case("a number under a blank line", f"1\n{T1}\na\n\n49\n\n2\n{T2}\nb\n", ((1000, 2000, "a", "49"), B), "blank-line@4"),
    _case("no text", f"1\n{T1}\n\n2\n{T2}\nb\n", ((1000, 2000), B), "no-text@2"),
    _case("no text, nothing between", f"1\n{T1}\n2\n{T2}\nb\n", ((1000, 2000), B), "no-text@2 glued@3"),
    _case("no text at the end", f"1\n{T1}\na\n\n2\n{T2}\n", (A, (3000, 4000)), "no-text@6"),
    _case("text of blanks", f"1\n{T1}\n \u00a0\n\n2\n{T2}\nb\n", ((1000, 2000), B), "no-text@2"),
)  # fmt: skip

TIMES = (
    _times("00:00:01,000 -> 00:00:02,000", "->", 1000, 2000),
    _times("00:00:01,000 -- > 00:00:02,000", "-- >", 1000, 2000),
    _times("00:00:01,000 - -> 00:00:02,000", "- ->", 1000, 2000),
    _times("00:00:01,000 ---> 00:00:02,000", "--->", 1000, 2000),
    _times("00:00:01,000 —> 00:00:02,000", "—>", 1000, 2000),
    _times("00:00:01,000 –> 00:00:02,000", "–>", 1000, 2000),
    _times("00:00:01,000 –-> 00:00:02,000", "–->", 1000, 2000),
    _times("00:00:01,000 => 00:00:02,000", "=>", 1000, 2000),
    _times("00:00:01,000 → 00:00:02,000", "→", 1000, 2000),
    _times("00:00:01,000 — 00:00:02,000", "a dash alone", 1000, 2000),
    _times("00:00:01,000-->00:00:02,000", "unspaced", 1000, 2000, ""),
    _times("  00:00:01,000\t-->   00:00:02,000  ", "spaced", 1000, 2000, ""),
    _times("\u200e00:00:01,000 --> \u200e00:00:02,000\u200f", "marks of direction", 1000, 2000, ""),
    _times("00:00:01.000 --> 00:00:02.000", "dots", 1000, 2000),
    _times("00:00:01:000 --> 00:00:02:000", "colons", 1000, 2000),
    _times("00.00.01.000 --> 00.00.02.000", "dots throughout", 1000, 2000),
    _times("00:01,000 --> 00:02,000", "mm:ss,mmm", 1000, 2000),
    _times("00:01.000 --> 00:02.000 align:start", "WebVTT's", 1000, 2000),
    _times("00:00:01 --> 00:00:02", "no thousandths", 1000, 2000),
    _times("0:00:01,5 --> 0:00:02,25", "1 and 2 digits", 1500, 2250),
    _times("0:00:01,1234 --> 0:00:02,123456", "4 and 6 digits", 1123, 2123),
    _times("0:0:1,000 --> 0:0:2,000", "1 digit throughout", 1000, 2000, ""),
    _times("100:00:01,000 --> 100:00:02,000", "100 hours", 360_001_000, 360_002_000, ""),
    _times("00:75:01,000 --> 00:75:62,000", "75 minutes", 4_501_000, 4_562_000),
    _times("00:00:01:05 --> 00:00:02:12", "frames", 1050, 2120, "time-form@2 time-form@2 time-form@2!"),
    _times("-00:00:01,000 --> 00:00:02,000", "below zero", -1000, 2000, "negative-time@2!"),
    _times("-00:00:02,000 --> -00:00:01,000", "both below zero", -2000, -1000, "negative-time@2!"),
    _times("00:00:02,000 --> 00:00:01,000", "end before start", 2000, 1000, "end-before-start@2!"),
    _times("00:00:02,000 --> 00:00:02,000", "no duration", 2000, 2000, "end-before-start@2!"),
    _times("[00:01.000 --> 00:02.000]", "in brackets", 1000, 2000),
    _times("٠٠:٠٠:٠١,٠٠٠ --> ٠٠:٠٠:٠٢,٠٠٠", "other digits", 1000, 2000, ""),
    _times(f"{T1} X1:100 X2:200 Y1:5 Y2:9", "a position", 1000, 2000, ""),
    _case("text beside the times", f"1\n{T1} hello\na\n", ((1000, 2000, "hello", "a"),), "text-by-times@2"),
    _case("a transcript's lines", "[00:01.000 --> 00:02.000]  a\n[00:03.000 --> 00:04.000]  b\n", (A, B), "text-by-times@1 number@1 time-form@1 text-by-times@2"),
    _case("out of order", f"1\n{T2}\nb\n\n2\n{T1}\na\n", (B, A)),
)  # fmt: skip

BROKEN = (
    _no_times("Typed over the times", "text over the times"),
    _no_times("00:00:03,000 -->", "no end"),
    _no_times("00:00:03,000 --> typed", "text over the end"),
    _no_times("--> 00:00:04,000", "no start"),
    _no_times("00:00:0x,000 --> 00:00:04,000", "a letter in the start"),
    _no_times("00:00:03,000 --> 00:00:0x,000", "a letter in the end"),
    _no_times("oops -> later", "text with an arrow"),
    _no_times("00:00:03,000", "one time"),
    _no_times("00:00:03,0000000000 --> 00:00:04,000", "ten digits"),
    _no_times(f"{T2} {T3}", "two lines of times in one"),
    _case("the first cue", f"1\nTyped over\n\n2\n{T2}\nb\n", (B,), "broken-cue@1! number@4"),
    _case("two in a row", f"1\n{T1}\na\n\n2\nx\n\n3\ny\n\n4\n{T3}\nc\n", (A, C), "broken-cue@5! broken-cue@8! number@11"),
    _case("its text has a blank line", f"1\n{T1}\na\n\n2\nx\n\ny\n\n3\n{T3}\nc\n", (A, C), "broken-cue@5! number@10"),
    _case("no number either", f"1\n{T1}\na\n\n00:00:03,000 --> x\nb\n\n3\n{T3}\nc\n", (A, C), "broken-cue@5! number@8"),
    _case("cut in the number", GOOD + "3", (A, B), "broken-cue@9!"),
    _case("cut in the start", GOOD + "3\n00:00:05,0", (A, B), "broken-cue@9!"),
    _case("cut in the end", GOOD + "3\n00:00:05,000 --> 00:00:0", (A, B), "broken-cue@9!"),
    _case("cut in the thousandths", GOOD + "3\n00:00:05,000 --> 00:00:06,0", (A, B), "broken-cue@9!"),
    _case("cut after the times", GOOD + f"3\n{T3}", (A, B, (5000, 6000)), "no-text@10"),
    _case("number and arrow gone", f"1\n{T1}\na\n\noops -> later\nb\n", ((1000, 2000, "a", "oops -> later", "b"),), "arrow-in-text@2 blank-line@4"),
)  # fmt: skip

FOREIGN = (
    _case("WEBVTT above", "WEBVTT\nKind: captions\n\n" + GOOD, (A, B), "header@1", ("WEBVTT", "Kind: captions")),
    _case("a chat above", "Here is the file:\n\n```srt\n" + GOOD, (A, B), "header@1", ("Here is the file:", "```srt")),
    _case("a chat below", GOOD + "```\nAnything else?\n", (A, B), "foreign@9!"),
    _case("WEBVTT within", f"1\n{T1}\na\n\nWEBVTT\n\n2\n{T2}\nb\n", (A, B), "foreign@5!"),
    _case("a title above", "The talk\n1\n" + f"{T1}\na\n", (A,), "header@1", ("The talk",)),
    _case("a year above", "2024\n\n" + GOOD, (A, B), "header@1", ("2024",)),
    _case("ASS", "[Script Info]\nTitle: x\n\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,,a\n", (), "header@1 no-cues@1!", ("[Script Info]", "Title: x", "[Events]", "Dialogue: 0,0:00:01.00,0:00:02.00,,a")),
    _case("a line of ASS", GOOD + "Dialogue: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,c\n", (A, B), "foreign@9!"),
    _case("text alone", "Only text.\nNo times.\n", (), "header@1 no-cues@1!", ("Only text.", "No times.")),
    _case("tags", f"1\n{T1}\n<i>a</i>\n<font color=\"red\">b\n", ((1000, 2000, "<i>a</i>", '<font color="red">b'),)),
    _case("overrides", f"1\n{T1}\n{{\\an8}}a\\Nb {{note}} < c\n", ((1000, 2000, "{\\an8}a\\Nb {note} < c"),)),
    _case("an arrow in the text", f"1\n{T1}\na --> b\n", ((1000, 2000, "a --> b"),), "arrow-in-text@2"),
    _case("a clock in the text", f"1\n{T1}\n12:30 - 13:45\n00:00:01,000 => 00:00:02,000\n", ((1000, 2000, "12:30 - 13:45", "00:00:01,000 => 00:00:02,000"),), "arrow-in-text@2"),
    _case("NUL", f"1\n{T1}\na\0b\n", ((1000, 2000, "a\0b"),), "control-character@3"),
    _case("NULs at the end", GOOD.encode() + bytes(64), (A, (3000, 4000, "b", "\0" * 64)), "blank-line@8 control-character@9"),
    _case("controls", f"1\n{T1}\n\x1b[31ma\x07\x1a\n", ((1000, 2000, "\x1b[31ma\x07\x1a"),), "control-character@3"),
    _case("marks, blanks and nothings", f"1\n{T1}\n\u202bשלום\u202c \u00a0x\u200b\n", ((1000, 2000, "\u202bשלום\u202c \u00a0x\u200b"),)),
    _case("a line of a nothing", f"1\n{T1}\n\u200b\n", ((1000, 2000, "\u200b"),)),
    _case("blanks at the ends of lines", f"1\n{T1}\n  a  \n\tb \n", ((1000, 2000, "  a  ", "\tb "),)),
    _case("six lines", f"1\n{T1}\na\nb\nc\nd\ne\nf\n", ((1000, 2000, "a", "b", "c", "d", "e", "f"),), "long-cue@2"),
    _case("dialogue", f"1\n{T1}\n- a\n– b\n— c\n", ((1000, 2000, "- a", "– b", "— c"),)),
)  # fmt: skip

CASES = (*LINE_ENDS, *ENCODINGS, *NUMBERS, *BLANK_LINES, *TIMES, *BROKEN, *FOREIGN)
