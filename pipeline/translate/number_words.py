"""Numbers in words, where a translation may spell what its source wrote in digits."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from pipeline.core.language import base

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VALUE_DIGITS: Final = 15  # longer numbers are names of something: nobody reckons with them


def _table(text: str) -> dict[str, int]:
    """Words by value: `5=five fifth`."""
    rows = (row.split("=") for row in text.split("|"))
    return {word: int(value) for value, words in rows for word in words.split()}


_EN: Final = _table(
    "0=zero nil|1=one first once single a an|2=two second both couple pair twice double half|"
    "3=three third thrice triple|4=four fourth quarter|5=five fifth|6=six sixth|7=seven seventh|"
    "8=eight eighth|9=nine ninth|10=ten tenth|11=eleven eleventh|12=twelve twelfth dozen noon "
    "midnight|13=thirteen thirteenth|14=fourteen fourteenth|15=fifteen fifteenth|16=sixteen "
    "sixteenth|17=seventeen seventeenth|18=eighteen eighteenth|19=nineteen nineteenth|"
    "20=twenty twentieth twenties|30=thirty thirtieth thirties|40=forty fortieth forties|"
    "50=fifty fiftieth fifties|60=sixty sixtieth sixties|70=seventy seventieth seventies|"
    "80=eighty eightieth eighties|90=ninety ninetieth nineties|100=hundred hundredth hundreds|"
    "1000=thousand thousandth thousands|1000000=million millionth millions|"
    "1000000000=billion billionth billions|1000000000000=trillion trillions"
)
_ES: Final = _table(
    "0=cero|1=un uno una primer primero primera|2=dos segundo segunda ambos ambas par doble|"
    "3=tres tercer tercero tercera triple|4=cuatro cuarto cuarta|5=cinco quinto quinta|"
    "6=seis sexto sexta|7=siete séptimo séptima|8=ocho octavo octava|9=nueve noveno novena|"
    "10=diez décimo décima|11=once undécimo|12=doce duodécimo docena mediodía medianoche|13=trece|"
    "14=catorce|15=quince|16=dieciséis|17=diecisiete|18=dieciocho|19=diecinueve|20=veinte vigésimo|"
    "21=veintiuno veintiún veintiuna|22=veintidós|23=veintitrés|24=veinticuatro|25=veinticinco|"
    "26=veintiséis|27=veintisiete|28=veintiocho|29=veintinueve|30=treinta|40=cuarenta|"
    "50=cincuenta|60=sesenta|70=setenta|80=ochenta|90=noventa|100=cien ciento|200=doscientos "
    "doscientas|300=trescientos trescientas|400=cuatrocientos cuatrocientas|500=quinientos "
    "quinientas|600=seiscientos seiscientas|700=setecientos setecientas|800=ochocientos "
    "ochocientas|900=novecientos novecientas|1000=mil miles|1000000=millón millones|"
    "1000000000000=billón billones"
)
LANGUAGES: Final = {"en": _EN, "es": _ES}
_BETWEEN: Final = {"en": "and", "es": "y"}
_HALVES: Final = {"en": frozenset({"half"}), "es": frozenset({"medio", "media"})}
_WORD: Final = re.compile(r"[^\W\d_]+")
_ROMAN: Final = re.compile(
    r"(?<!\w)(?=[XVI])(X{0,3})(IX|IV|V?I{0,3})(?!\w)"
)  # of centuries and kings
_ONES: Final = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]
_HUNDRED: Final = 100
_THOUSAND: Final = 1000

# What stands after digits and multiplies them, by the power of ten; longest first.
_SCALES: Final = {
    "mil millones": 9,
    "тыс": 3,
    "thousand": 3,
    "k": 3,
    "mil": 3,
    "миллион": 6,
    "млн": 6,
    "million": 6,
    "millones": 6,
    "millón": 6,
    "mln": 6,
    "миллиард": 9,
    "млрд": 9,
    "billion": 9,
    "bn": 9,
    "триллион": 12,
    "трлн": 12,
    "trillion": 12,
}
_SCALE: Final = re.compile(
    r"[\s-]{0,2}(mil millones|(?:тысяч|миллион|миллиард|триллион)[а-яё]{0,3}|тыс|млн|млрд|трлн"
    r"|(?:thousand|million|billion|trillion)s?|mil|millones|millón|mln|bn|k)(?!\w)",
    re.IGNORECASE,
)


def scale(text: str, at: int) -> int:
    """The power of ten that the word at a place multiplies the number before it by; 0 for none."""
    match = _SCALE.match(text, at)
    if match is None:
        return 0
    word = match[1].casefold()
    exact = _SCALES.get(word)
    return exact or next(power for name, power in _SCALES.items() if word.startswith(name))


def times(value: str, power: int) -> str:
    """A number times a power of ten; one too long to be reckoned with stays as it is."""
    if len(value) > VALUE_DIGITS:
        return value
    return format(Decimal(value).scaleb(power).normalize(), "f")


def values(text: str, language: str) -> Iterator[str]:
    """The values of number words, one by one and put together: `twenty-five` gives 20, 5, 25."""
    tag = base(language)
    table = LANGUAGES.get(tag, {})
    between, halves = _BETWEEN.get(tag, ""), _HALVES.get(tag, frozenset())
    yield from (str(10 * len(match[1]) + _ONES.index(match[2])) for match in _ROMAN.finditer(text))
    run: list[int] = []
    for match in _WORD.finditer(text.casefold()):
        word = match[0]
        if word in halves:
            yield "0.5"
        value = table.get(word)
        if value is not None:
            run.append(value)
        elif word != between:
            yield from _joined(run)
            run = []
    yield from _joined(run)


def _joined(run: Iterable[int]) -> Iterator[str]:
    """Each value of a run of words, and after each what the words so far make together."""
    total = part = 0
    for value in run:
        yield str(value)
        if value >= _THOUSAND:
            total, part = total + max(part, 1) * value, 0
        elif value == _HUNDRED:
            part = max(part, 1) * value
        else:
            part += value
        yield str(total + part)
