"""No letter of a file is ever silently turned into another: the encoding is told by the bytes, and shown."""

import codecs
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.imports.readers.encodings import ENCODINGS, detect
from core.imports.readers.table import find_reading, open_table

GERMAN = "Name;Ort;Straße\nMüller;Köln;Hauptstraße 5\nGroß & Söhne;Nürnberg;Königsallee 1\nBäcker Weiß;Lübeck;Mühlenstraße 7\n"
FRENCH = "Nom;Ville;Prix\nCafé Léon;Orléans;12,50 €\nBoulangerie Hélène;Besançon;3,20 €\nÉpicerie du Château;Nîmes;7,00 €\n"
SPANISH = "Nombre;Ciudad\nMuñoz e Hijos;La Coruña\nJosé Núñez;Málaga\n"
DANISH = "Navn;By\nSøren Åberg;Århus\nÆblegården;Ærøskøbing\n"
POLISH = "Nazwa;Miasto\nPiotr Zieliński;Łódź\nKatarzyna Wiśniewska;Kraków\nMałgorzata Dąbrowska;Gdańsk\n"
CZECH = "Jméno;Město\nJiří Dvořák;Plzeň\nLukáš Černý;České Budějovice\nTereza Příhodová;Žďár nad Sázavou\n"
HUNGARIAN = "Név;Város\nKovács Győző;Győr\nSzűcs Ödön;Hódmezővásárhely\n"
TURKISH = "Ad;Şehir\nİbrahim Yıldız;İstanbul\nAyşe Çağlar;Eskişehir\nGüneş Işık;Muğla\n"
LITHUANIAN = "Vardas;Miestas\nJonas Žukauskas;Šiauliai\nRūta Mockutė;Panevėžys\n"
RUSSIAN = "Название;Город\nООО Ромашка;Москва\nИванов Пётр Сергеевич;Санкт-Петербург\nМолоко пастеризованное;Екатеринбург\n"
GREEK = "Όνομα;Πόλη\nΓιώργος Παπαδόπουλος;Αθήνα\nΜαρία Νικολάου;Θεσσαλονίκη\n"
HEBREW = "שם;עיר\nישראל ישראלי;תל אביב\nשרה כהן;ירושלים\n"
JAPANESE = "商品名;価格\nコーヒー豆 深煎り;1200\n緑茶 ティーバッグ;450\n東京都千代田区;山田太郎\n"
CHINESE = "名称;城市;价格\n北京烤鸭;北京;128\n上海小笼包;上海;36\n有限责任公司;广州;100\n"
TAIWANESE = "名稱;城市\n珍珠奶茶;臺北\n牛肉麵;高雄\n股份有限公司;臺中\n"
KOREAN = "이름;도시\n김철수;서울\n이영희;부산광역시\n커피 원두;대구\n"

CASES = [
    *((GERMAN, each) for each in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")),
    *((GERMAN, each) for each in ("cp1252", "iso8859-1", "mac_roman", "cp850")),
    *((FRENCH, each) for each in ("utf-8", "cp1252", "iso8859-15", "mac_roman")),
    *((SPANISH, each) for each in ("cp1252", "mac_roman", "cp850")),
    *((DANISH, each) for each in ("cp1252", "mac_roman")),
    *((POLISH, each) for each in ("utf-8-sig", "cp1250", "iso8859-2")),
    *((CZECH, each) for each in ("cp1250", "iso8859-2")),
    (HUNGARIAN, "cp1250"),
    (TURKISH, "cp1254"),
    (LITHUANIAN, "cp1257"),
    *((RUSSIAN, each) for each in ("utf-16", "cp1251", "koi8-r", "cp866")),
    *((GREEK, each) for each in ("cp1253", "utf-16-le")),
    (HEBREW, "cp1255"),
    *((JAPANESE, each) for each in ("cp932", "euc_jp", "iso2022_jp", "utf-16-be")),
    *((CHINESE, each) for each in ("gb18030", "utf-16-le")),
    (TAIWANESE, "big5"),
    (KOREAN, "cp949"),
]  # fmt: skip


def lines_of(raw: bytes) -> str:
    file = io.BytesIO(raw)
    table = open_table(file, find_reading(file, "a.csv", {}), {})
    rows = [table.headings, *(tuple(map(str, line.cells)) for line in table.lines)]
    return "".join(";".join(row) + "\n" for row in rows)


@pytest.mark.parametrize(("text", "encoding"), CASES, ids=[f"{encoding}-{text[:6]}" for text, encoding in CASES])
def test_a_file_is_read_letter_by_letter_in_the_encoding_it_was_written_in(text: str, encoding: str) -> None:
    assert lines_of(text.encode(encoding)) == text


def test_one_letter_beyond_ascii_at_the_end_of_a_long_file_decides() -> None:
    ascii_only = "".join(f"{number};Schmidt {number}\n" for number in range(100_000))
    raw = ("id;name\n" + ascii_only + "100000;Müller\n").encode("cp1252")
    assert detect(io.BytesIO(raw)).encoding == "cp1252"
    assert detect(io.BytesIO(raw.replace(b"\xfc", "ü".encode()))).encoding == "utf-8"


def test_a_letter_far_along_in_a_line_decides_however_long_the_lines_are() -> None:
    raw = b"id;text\n" + b"1;" + b"no letter of another alphabet " * 40_000 + "Grüße aus Köln\n".encode("cp1252")
    assert detect(io.BytesIO(raw)).encoding == "cp1252"
    assert detect(io.BytesIO(raw.decode("cp1252").encode())).encoding == "utf-8"


def test_a_few_broken_bytes_do_not_spoil_a_file_of_utf8() -> None:
    raw = (GERMAN * 5).encode().replace("ü".encode(), b"\xfc", 1)
    found = detect(io.BytesIO(raw))
    assert found.encoding == "utf-8"
    assert "few of its characters are broken" in found.note


def test_every_encoding_that_can_be_chosen_is_known_to_python() -> None:
    assert [codecs.lookup(name).name for name in ENCODINGS]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=20), min_size=1, max_size=30),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_whatever_unicode_holds_is_read_as_it_was_written(words: list[str], encoding: str) -> None:
    raw = "\n".join(words).encode(encoding)
    found = detect(io.BytesIO(raw)).encoding
    assert raw.decode(found).lstrip("\ufeff") == "\n".join(words).lstrip("\ufeff")
