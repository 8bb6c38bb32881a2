"""Languages of tracks: from what containers say to BCP 47 tags, and to names that people choose by."""

import re

UNDETERMINED = "und"
# ISO 639-2 as containers have it, both of its variants, with the shortest code (which RFC 5646 §2.2.1 asks
# for) and the language's name in English. Of others the three letters are right as they are.
CODES = """
afr:af:Afrikaans alb/sqi:sq:Albanian amh:am:Amharic ara:ar:Arabic arm/hye:hy:Armenian aze:az:Azerbaijani
baq/eus:eu:Basque bel:be:Belarusian ben:bn:Bengali bos:bs:Bosnian bre:br:Breton bul:bg:Bulgarian
bur/mya:my:Burmese cat:ca:Catalan chi/zho:zh:Chinese cos:co:Corsican cze/ces:cs:Czech dan:da:Danish
dut/nld:nl:Dutch eng:en:English epo:eo:Esperanto est:et:Estonian fao:fo:Faroese fin:fi:Finnish
fre/fra:fr:French fry:fy:Frisian geo/kat:ka:Georgian ger/deu:de:German gla:gd:Gaelic gle:ga:Irish
glg:gl:Galician gre/ell:el:Greek guj:gu:Gujarati hat:ht:Haitian hau:ha:Hausa heb:he:Hebrew hin:hi:Hindi
hrv:hr:Croatian hun:hu:Hungarian ibo:ig:Igbo ice/isl:is:Icelandic ind:id:Indonesian ita:it:Italian
jav:jv:Javanese jpn:ja:Japanese kan:kn:Kannada kaz:kk:Kazakh khm:km:Khmer kin:rw:Kinyarwanda kir:ky:Kyrgyz
kor:ko:Korean kur:ku:Kurdish lao:lo:Lao lat:la:Latin lav:lv:Latvian lit:lt:Lithuanian ltz:lb:Luxembourgish
mac/mkd:mk:Macedonian mal:ml:Malayalam mao/mri:mi:Maori mar:mr:Marathi may/msa:ms:Malay mlg:mg:Malagasy
mlt:mt:Maltese mon:mn:Mongolian nep:ne:Nepali nno:nn:Nynorsk nob:nb:Bokmål nor:no:Norwegian oci:oc:Occitan
pan:pa:Punjabi per/fas:fa:Persian pol:pl:Polish por:pt:Portuguese pus:ps:Pashto que:qu:Quechua roh:rm:Romansh
rum/ron:ro:Romanian rus:ru:Russian sin:si:Sinhala slo/slk:sk:Slovak slv:sl:Slovenian som:so:Somali
spa:es:Spanish srp:sr:Serbian swa:sw:Swahili swe:sv:Swedish tam:ta:Tamil tat:tt:Tatar tel:te:Telugu
tgk:tg:Tajik tgl:tl:Tagalog tha:th:Thai tib/bod:bo:Tibetan tuk:tk:Turkmen tur:tr:Turkish uig:ug:Uyghur
ukr:uk:Ukrainian urd:ur:Urdu uzb:uz:Uzbek vie:vi:Vietnamese wel/cym:cy:Welsh wol:wo:Wolof xho:xh:Xhosa
yid:yi:Yiddish yor:yo:Yoruba zul:zu:Zulu
"""
ENTRIES = [entry.split(":") for entry in CODES.split()]
SHORTEST = {code: short for codes, short, _ in ENTRIES for code in codes.split("/")}
NAMES = {short: name for _, short, name in ENTRIES}
# A language, and perhaps a script, a region and so on (RFC 5646 §2.1).
TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.ASCII | re.IGNORECASE)
# Not languages, although ISO 639-2 lists them: several, none at all, not coded.
NO_LANGUAGE = ("mul", "zxx", "mis")
LONGEST_LABEL = 100


def tag(language: str | None) -> str:
    """BCP 47 for what a container says; "und" where that is nothing, or nothing of the kind."""
    if not language or not TAG.fullmatch(language):
        return UNDETERMINED
    first, *rest = language.lower().split("-")
    if first in NO_LANGUAGE:
        return UNDETERMINED
    return "-".join([SHORTEST.get(first, first), *(_cased(part) for part in rest)])


def label(title: str | None, language: str | None, otherwise: str) -> str:
    """What people choose a track by: its title, else its language, else `otherwise`."""
    found = tag(language)
    name = NAMES.get(found.partition("-")[0], "" if found == UNDETERMINED else found)
    return quotable(title or "") or name or otherwise


def quotable(text: str) -> str:
    """Text as it may stand in a quoted string of a playlist (RFC 8216 §4.2): on one line, without quotes."""
    words = text.replace('"', "'").split()
    return "".join(letter for letter in " ".join(words) if letter.isprintable())[:LONGEST_LABEL].strip()


def distinct(labels: list[str]) -> list[str]:
    """The same labels, numbered where one comes again: a group's names differ (§4.3.4.1.1)."""
    found: list[str] = []
    for text in labels:
        name, number = text, 2
        while name in found:
            name, number = f"{text} {number}", number + 1
        found.append(name)
    return found


def _cased(subtag: str) -> str:
    """As RFC 5646 §2.1.1 writes scripts and regions."""
    return {2: subtag.upper(), 4: subtag.title()}.get(len(subtag), subtag)
