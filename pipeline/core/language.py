"""Languages by their tags: which there are, how they are written, which words bind to the next."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Final

_TAG: Final = re.compile(r"([a-z]{2,3})(?:-([A-Z][a-z]{3}))?(?:-([A-Z]{2}|\d{3}))?")

_SHORTEST_NAME: Final = 3  # fewer letters are no name cut short

# ISO 639-1, and two without a two-letter code that recognisers know.
_NAMES: Final = dict(
    entry.split("=")
    for entry in """
aa=Afar|ab=Abkhazian|ae=Avestan|af=Afrikaans|ak=Akan|am=Amharic|an=Aragonese|ar=Arabic|as=Assamese
av=Avaric|ay=Aymara|az=Azerbaijani|ba=Bashkir|be=Belarusian|bg=Bulgarian|bi=Bislama|bm=Bambara
bn=Bengali|bo=Tibetan|br=Breton|bs=Bosnian|ca=Catalan|ce=Chechen|ch=Chamorro|co=Corsican|cr=Cree
cs=Czech|cu=Church Slavonic|cv=Chuvash|cy=Welsh|da=Danish|de=German|dv=Divehi|dz=Dzongkha|ee=Ewe
el=Greek|en=English|eo=Esperanto|es=Spanish|et=Estonian|eu=Basque|fa=Persian|ff=Fulah|fi=Finnish
fj=Fijian|fo=Faroese|fr=French|fy=Western Frisian|ga=Irish|gd=Scottish Gaelic|gl=Galician|gn=Guarani
gu=Gujarati|gv=Manx|ha=Hausa|haw=Hawaiian|he=Hebrew|hi=Hindi|ho=Hiri Motu|hr=Croatian|ht=Haitian
hu=Hungarian|hy=Armenian|hz=Herero|ia=Interlingua|id=Indonesian|ie=Interlingue|ig=Igbo
ii=Sichuan Yi|ik=Inupiaq|io=Ido|is=Icelandic|it=Italian|iu=Inuktitut|ja=Japanese|jv=Javanese
ka=Georgian|kg=Kongo|ki=Kikuyu|kj=Kuanyama|kk=Kazakh|kl=Kalaallisut|km=Khmer|kn=Kannada|ko=Korean
kr=Kanuri|ks=Kashmiri|ku=Kurdish|kv=Komi|kw=Cornish|ky=Kyrgyz|la=Latin|lb=Luxembourgish|lg=Ganda
li=Limburgish|ln=Lingala|lo=Lao|lt=Lithuanian|lu=Luba-Katanga|lv=Latvian|mg=Malagasy|mh=Marshallese
mi=Maori|mk=Macedonian|ml=Malayalam|mn=Mongolian|mr=Marathi|ms=Malay|mt=Maltese|my=Burmese|na=Nauru
nb=Norwegian Bokmål|nd=North Ndebele|ne=Nepali|ng=Ndonga|nl=Dutch|nn=Norwegian Nynorsk|no=Norwegian
nr=South Ndebele|nv=Navajo|ny=Chichewa|oc=Occitan|oj=Ojibwa|om=Oromo|or=Odia|os=Ossetian|pa=Punjabi
pi=Pali|pl=Polish|ps=Pashto|pt=Portuguese|qu=Quechua|rm=Romansh|rn=Rundi|ro=Romanian|ru=Russian
rw=Kinyarwanda|sa=Sanskrit|sc=Sardinian|sd=Sindhi|se=Northern Sami|sg=Sango|si=Sinhala|sk=Slovak
sl=Slovenian|sm=Samoan|sn=Shona|so=Somali|sq=Albanian|sr=Serbian|ss=Swati|st=Southern Sotho
su=Sundanese|sv=Swedish|sw=Swahili|ta=Tamil|te=Telugu|tg=Tajik|th=Thai|ti=Tigrinya|tk=Turkmen
tl=Tagalog|tn=Tswana|to=Tonga|tr=Turkish|ts=Tsonga|tt=Tatar|tw=Twi|ty=Tahitian|ug=Uyghur
uk=Ukrainian|ur=Urdu|uz=Uzbek|ve=Venda|vi=Vietnamese|vo=Volapük|wa=Walloon|wo=Wolof|xh=Xhosa
yi=Yiddish|yo=Yoruba|yue=Cantonese|za=Zhuang|zh=Chinese|zu=Zulu
""".strip()
    .replace("\n", "|")
    .split("|")
)

# ISO 639-2, which containers name the language of a stream by; where it has two codes, both.
_OF_THREE_LETTERS: Final = dict(
    entry.split("=")
    for entry in """
aar=aa abk=ab ave=ae afr=af aka=ak amh=am arg=an ara=ar asm=as ava=av aym=ay aze=az bak=ba bel=be
bul=bg bis=bi bam=bm ben=bn bod=bo tib=bo bre=br bos=bs cat=ca che=ce cha=ch cos=co cre=cr ces=cs
cze=cs chu=cu chv=cv cym=cy wel=cy dan=da deu=de ger=de div=dv dzo=dz ewe=ee ell=el gre=el eng=en
epo=eo spa=es est=et eus=eu baq=eu fas=fa per=fa ful=ff fin=fi fij=fj fao=fo fra=fr fre=fr fry=fy
gle=ga gla=gd glg=gl grn=gn guj=gu glv=gv hau=ha heb=he hin=hi hmo=ho hrv=hr hat=ht hun=hu hye=hy
arm=hy her=hz ina=ia ind=id ile=ie ibo=ig iii=ii ipk=ik ido=io isl=is ice=is ita=it iku=iu jpn=ja
jav=jv kat=ka geo=ka kon=kg kik=ki kua=kj kaz=kk kal=kl khm=km kan=kn kor=ko kau=kr kas=ks kur=ku
kom=kv cor=kw kir=ky lat=la ltz=lb lug=lg lim=li lin=ln lao=lo lit=lt lub=lu lav=lv mlg=mg mah=mh
mri=mi mao=mi mkd=mk mac=mk mal=ml mon=mn mar=mr msa=ms may=ms mlt=mt mya=my bur=my nau=na nob=nb
nde=nd nep=ne ndo=ng nld=nl dut=nl nno=nn nor=no nbl=nr nav=nv nya=ny oci=oc oji=oj orm=om ori=or
oss=os pan=pa pli=pi pol=pl pus=ps por=pt que=qu roh=rm run=rn ron=ro rum=ro rus=ru kin=rw san=sa
srd=sc snd=sd sme=se sag=sg sin=si slk=sk slo=sk slv=sl smo=sm sna=sn som=so sqi=sq alb=sq srp=sr
ssw=ss sot=st sun=su swe=sv swa=sw tam=ta tel=te tgk=tg tha=th tir=ti tuk=tk tgl=tl tsn=tn ton=to
tur=tr tso=ts tat=tt twi=tw tah=ty uig=ug ukr=uk urd=ur uzb=uz ven=ve vie=vi vol=vo wln=wa wol=wo
xho=xh yid=yi yor=yo zha=za zho=zh chi=zh zul=zu
""".split()
)

# Script of those not written in Latin letters; two where both are in use.
_SCRIPTS: Final = {
    language: frozenset(scripts.split())
    for scripts, languages in {
        "Cyrl": "ab av ba be bg ce cu cv kk kv ky mk mn os ru tg tt uk",
        "Cyrl Latn": "az bs ku sr tk uz",
        "Arab": "ar fa ks ps sd ug ur",
        "Hebr": "he yi",
        "Grek": "el",
        "Armn": "hy",
        "Geor": "ka",
        "Deva": "hi mr ne sa",
        "Beng": "as bn",
        "Ethi": "am ti",
        "Hani": "yue zh",
        "Hani Hira Kana": "ja",
        "Hang": "ko",
        "Thai": "th",
        "Khmr": "km",
        "Laoo": "lo",
        "Mymr": "my",
        "Taml": "ta",
        "Telu": "te",
        "Mlym": "ml",
        "Knda": "kn",
        "Gujr": "gu",
        "Guru": "pa",
        "Orya": "or",
        "Sinh": "si",
        "Tibt": "bo dz",
        "Thaa": "dv",
    }.items()
    for language in languages.split()
}

# First word of a letter's Unicode name -> ISO 15924 code.
_SCRIPT_OF_NAME: Final = dict(
    entry.split("=")
    for entry in """
LATIN=Latn CYRILLIC=Cyrl GREEK=Grek ARABIC=Arab HEBREW=Hebr ARMENIAN=Armn GEORGIAN=Geor
DEVANAGARI=Deva BENGALI=Beng ETHIOPIC=Ethi CJK=Hani HIRAGANA=Hira KATAKANA=Kana HANGUL=Hang
THAI=Thai KHMER=Khmr LAO=Laoo MYANMAR=Mymr TAMIL=Taml TELUGU=Telu MALAYALAM=Mlym KANNADA=Knda
GUJARATI=Gujr GURMUKHI=Guru ORIYA=Orya SINHALA=Sinh TIBETAN=Tibt THAANA=Thaa
""".split()
)

# Prepositions, conjunctions, articles, particles: a line that ends in one reads badly.
_BINDS: Final = {
    "ru": """а без безо благодаря в вместо во вроде где да для до его ее её если за и из из-за
        из-под или их к как ко когда которая которого которой которые который которых ли между мой
        моя на над надо наш наша не ни но о об обо около от перед по под подо после потому при про
        против ради с сквозь со среди так то у хотя через что чтобы чья эта эти это этот""",
    "en": """a about after against all am an and are as at because before between but by can
        could did do does down during each every for from had has have her his how if in into is
        its may might mr mrs ms must my nor not of off on or our over shall should since so some
        than that the their these this those through to under until upon was we were when where
        which while who whom whose will with within without would you your""",
    "es": """a al ante aunque bajo cada como con contra cual cuando cuyo de del desde donde
        durante e el en entre es esa ese esta este hacia hasta la las le les lo los me mi muy más
        ni no nos nuestra nuestro o para pero por porque que quien se según si sin sobre son su
        sus te tras tu tus u un una unas unos y""",
}


def is_tag(tag: str) -> bool:
    """Whether `tag` is a language this program knows: `ru`, `es-MX`, `sr-Latn`."""
    match = _TAG.fullmatch(tag)
    return match is not None and match[1] in _NAMES


def base(tag: str) -> str:
    """The language of a tag without script and region: `es` for `es-MX`."""
    return tag.partition("-")[0]


def name(tag: str) -> str:
    """The English name of a language: `Spanish`, `Spanish (MX)`; an unknown tag is its own name."""
    language, _, rest = tag.partition("-")
    known = _NAMES.get(language, language)
    return f"{known} ({rest})" if rest else known


def tag_for(text: str) -> str | None:
    """The tag somebody meant who wrote `rus`, `RU` or `russian`; None where nothing fits."""
    lowered = text.strip().casefold()
    if lowered in _NAMES:
        return lowered
    named = [tag for tag, known in _NAMES.items() if known.casefold() == lowered]
    begun = [tag for tag, known in _NAMES.items() if known.casefold().startswith(lowered)]
    found = named or (begun if len(lowered) >= _SHORTEST_NAME else [])
    return found[0] if len(found) == 1 else None


def of_stream(code: str) -> str:
    """The language that a container means: `ru` for `rus`, `RU` and `ru-RU`; "" where unknown."""
    first = base(code.strip().casefold().replace("_", "-"))
    language = _OF_THREE_LETTERS.get(first, first)
    return language if language in _NAMES else ""


def for_stream(tag: str) -> str:
    """The ISO 639-2 code (of its two, the terminological) that a container is given for a tag.

    >>> for_stream("ru"), for_stream("de"), for_stream("haw"), for_stream("")
    ('rus', 'deu', 'haw', 'und')
    """
    language = base(tag)
    codes = (code for code, known in _OF_THREE_LETTERS.items() if known == language)
    return next(codes, language if language in _NAMES else "und")


def scripts(tag: str) -> frozenset[str]:
    """The ISO 15924 codes of the scripts a language is written in; Latin where nothing is known."""
    match = _TAG.fullmatch(tag)
    if match and match[2]:
        return frozenset({match[2]})
    return _SCRIPTS.get(base(tag), frozenset({"Latn"}))


def script_share(text: str) -> dict[str, float]:
    """What part of the letters of `text` is of which script, most first; empty without letters."""
    counts: dict[str, int] = {}
    for character in text:
        if character.isalpha():
            script = _script(character)
            counts[script] = counts.get(script, 0) + 1
    total = sum(counts.values())
    return {
        script: count / total for script, count in sorted(counts.items(), key=lambda kv: -kv[1])
    }


@functools.cache
def binds_next(tag: str) -> frozenset[str]:
    """Lower-case words that should not end a line, because they belong to the word after."""
    return frozenset(_BINDS.get(base(tag), "").split())


@functools.lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    first = unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]
    return _SCRIPT_OF_NAME.get(first, "Zyyy")
