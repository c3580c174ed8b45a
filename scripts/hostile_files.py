"""Files made to break whoever opens them, the same for the same seed. Used by scripts/hostile.

Everything here is harmless to keep: what unfolds without end does so only in a parser without bounds.
"""

import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = {form: (ROOT / f"crates/sheets/tests/files/ledger.{form}").read_bytes()
           for form in ("xlsx", "xls", "xlsb", "ods")}
SHEET = {"xlsx": "xl/worksheets/sheet1.xml", "xlsb": "xl/worksheets/sheet1.bin", "ods": "content.xml"}
STRINGS = "xl/sharedStrings.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
ROWS_MAX, COLUMNS_MAX = 1_048_576, 16_384


# --- packed files -------------------------------------------------------------------------------------------


def parts(packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in content.items():
            archive.writestr(name, body)
    return out.getvalue()


def replaced(form, **changes):
    """A sample with some parts changed: `sheet`, `strings` or names with their bodies in `named`."""
    content = parts(SAMPLES[form])
    named = dict(changes.pop("named", {}))
    if "sheet" in changes:
        named[SHEET[form]] = changes.pop("sheet")
    if "strings" in changes:
        named[STRINGS] = changes.pop("strings")
    content.update({name: body.encode() if isinstance(body, str) else body for name, body in named.items()})
    return packed(content)


def sheet_of(rows, before="", after=""):
    return f"<worksheet {MAIN}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>"


def raw_packed(entries):
    """An archive written by hand: name, packed body, unfolded size as it is declared, flags."""
    out, directory = bytearray(), bytearray()
    for name, body, size, flags in entries:
        head = struct.pack("<HHHHHIIIHH", 20, flags, 8, 0, 33, 0, len(body), size & 0xFFFFFFFF, len(name), 0)
        directory += b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, len(out)) + name
        out += b"PK\3\4" + head + name + body
    end = struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(directory), len(out), 0)
    return bytes(out + directory + b"PK\5\6" + end)


def deflated(body):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(body) + packer.flush()


def endless(size, sign=b" "):
    """A stream that unfolds to so many bytes of one sign: one piece, repeated."""
    piece = 1 << 20
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    one = packer.compress(sign * piece) + packer.flush(zlib.Z_FULL_FLUSH)
    end = zlib.compressobj(9, zlib.DEFLATED, -15)
    return one * (size // piece) + end.compress(b"") + end.flush()


def bomb(form, part, declared, size=1_200_000_000):
    content = parts(SAMPLES[form])
    content.pop(part, None)
    entries = [(name.encode(), deflated(body), len(body), 0) for name, body in content.items()]
    return raw_packed([*entries, (part.encode(), endless(size), declared, 0)])


# --- workbooks of the old form ------------------------------------------------------------------------------


def ole(streams):
    """A container with these streams, each of at least 4,096 bytes."""
    sectors, starts, chain = bytearray(), [], []
    for _, body in streams:
        count = max(8, -(-len(body) // 512))
        starts.append(len(chain))
        chain += [*range(len(chain) + 1, len(chain) + count), 0xFFFFFFFE]
        sectors += body.ljust(count * 512, b"\0")
    directory = bytearray()
    entries = [("Root Entry", 5, 1, 0xFFFFFFFE, 0)]
    entries += [(name, 2, 0xFFFFFFFF, start, max(4096, len(body)))
                for (name, body), start in zip(streams, starts)]
    for index, (name, kind, child, start, size) in enumerate(entries):
        wide = name.encode("utf-16-le")
        right = index + 1 if 0 < index < len(entries) - 1 else 0xFFFFFFFF
        directory += wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide) + 2, kind, 1, 0xFFFFFFFF, right, child)
        directory += bytes(36) + struct.pack("<IQ", start, size)
    directory = directory.ljust(-(-len(directory) // 512) * 512, b"\0")
    first_directory = len(chain)
    count = len(directory) // 512
    chain += [*range(first_directory + 1, first_directory + count), 0xFFFFFFFE]
    sectors += directory
    tables = -(-(len(chain) + 1) // 127)
    first_table = len(chain)
    chain += [0xFFFFFFFD] * tables
    table = b"".join(struct.pack("<I", next_sector) for next_sector in chain).ljust(tables * 512, b"\xff")
    sectors += table
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, first_directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    listed = list(range(first_table, first_table + tables))[:109]
    return head + b"".join(struct.pack("<I", one) for one in listed).ljust(436, b"\xff") + bytes(sectors)


def record(kind, body=b""):
    return struct.pack("<HH", kind, len(body)) + body


def number(row, column, value=1.0):
    return record(0x203, struct.pack("<HHHd", row, column, 0, value))


def biff(sheets, extra=b"", dimensions=None, version=0x600):
    """A workbook stream: for each sheet the records of its cells."""
    begin = record(0x809, struct.pack("<HHHHII", version, 5, 0, 0, 0, 0))
    bodies = [record(0x809, struct.pack("<HHHHII", version, 0x10, 0, 0, 0, 0)) +
              (record(0x200, struct.pack("<IIHHH", *dimensions, 0)) if dimensions else b"") + cells + record(0x0A)
              for cells in sheets]
    names = [f"S{index}".encode() for index in range(len(sheets))]
    bounds = sum(len(record(0x85, struct.pack("<IBBBB", 0, 0, 0, len(name), 0) + name)) for name in names)
    place = len(begin) + len(extra) + bounds + 4
    out = begin + extra
    for name, body in zip(names, bodies):
        out += record(0x85, struct.pack("<IBBBB", place, 0, 0, len(name), 0) + name)
        place += len(body)
    return out + record(0x0A) + b"".join(bodies)


def xls(*sheets, **settings):
    return ole([("Workbook", biff(sheets, **settings))])


# --- the attacks --------------------------------------------------------------------------------------------


def bombs():
    for form, part in (("xlsx", SHEET["xlsx"]), ("xlsx", STRINGS), ("xlsx", "xl/workbook.xml"),
                       ("xlsx", "xl/styles.xml"), ("xlsx", "xl/_rels/workbook.xml.rels"), ("ods", "content.xml"),
                       ("ods", "META-INF/manifest.xml"), ("xlsb", SHEET["xlsb"]), ("xlsb", "xl/workbook.bin")):
        yield f"bomb-honest-{part.replace('/', '-')}.{form}", bomb(form, part, 1_200_000_000)
        yield f"bomb-lying-{part.replace('/', '-')}.{form}", bomb(form, part, 1_000)
    inner = packed({"a.xlsx": SAMPLES["xlsx"]})
    for _ in range(5):
        inner = packed({f"{index}.zip": inner for index in range(4)})
    yield "nested.xlsx", inner
    yield "nested-in-a-workbook.xlsx", replaced("xlsx", sheet=inner)
    yield "parts-65000.xlsx", raw_packed([(b"%05d" % index, b"\3\0", 0, 0) for index in range(65_000)])
    yield "parts-19000.xlsx", raw_packed([(b"xl/worksheets/s%05d.xml" % index, b"\3\0", 0, 0)
                                          for index in range(19_000)])
    body = endless(30_000_000)
    yield "parts-of-30-megabytes.xlsx", raw_packed([(b"xl/worksheets/s%d.xml" % index, body, 30_000_000, 0)
                                                    for index in range(40)])
    yield "same-part-twice.xlsx", raw_packed([(SHEET["xlsx"].encode(), deflated(b"<a/>"), 4, 0)] * 2)


def entities():
    laughs = "".join(f'<!ENTITY a{n} "' + f"&a{n - 1};" * 10 + '">' for n in range(1, 12))
    kinds = {
        "laughs": f'<!DOCTYPE x [<!ENTITY a0 "{"a" * 100}">{laughs}]>',
        "square": f'<!DOCTYPE x [<!ENTITY a11 "{"a" * 500_000}">]>',
        "file": '<!DOCTYPE x [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>',
        "net": '<!DOCTYPE x [<!ENTITY a11 SYSTEM "http://127.0.0.1:9/a">]>',
        "parameter": '<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]>',
    }
    for name, declared in kinds.items():
        text = "&a11;" * (2_000 if name == "square" else 3)
        cell = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>'
        yield f"entity-{name}.xlsx", replaced("xlsx", sheet=declared + sheet_of(cell))
        yield f"entity-{name}-strings.xlsx", replaced(
            "xlsx", strings=f"{declared}<sst {MAIN}><si><t>{text}</t></si></sst>")
        content = parts(SAMPLES["ods"])["content.xml"].decode()
        at = content.index("<office:document-content")
        content = content[:at] + declared + content[at:].replace("</text:p>", f"{text}</text:p>", 1)
        yield f"entity-{name}.ods", replaced("ods", sheet=content)


def declared():
    """Sheets that say they are larger than they are, or are larger than anybody needs."""
    corner = f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{ROWS_MAX}"><c r="XFD{ROWS_MAX}"><v>1</v></c></row>'
    whole = f'<dimension ref="A1:XFD{ROWS_MAX}"/>'
    yield "ten-billion-cells.xlsx", replaced("xlsx", sheet=sheet_of("", whole))
    yield "corners.xlsx", replaced("xlsx", sheet=sheet_of(corner, whole))
    for ref in ("XFE1", "A1048577", "A0", "ZZZZZZZ99999999999", "A-1", "1A", "", "A18446744073709551616"):
        yield f"place-{ref or 'none'}.xlsx", replaced(
            "xlsx", sheet=sheet_of(f'<row r="1"><c r="{ref}"><v>1</v></c></row>'))
    empty = "".join(f'<row r="{row}"/>' for row in range(1, 1_000_001))
    yield "million-empty-rows.xlsx", replaced("xlsx", sheet=sheet_of(empty))
    full = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(1, ROWS_MAX + 1))
    yield "million-rows.xlsx", replaced("xlsx", sheet=sheet_of(full))
    wide = "".join(f'<row r="{row}">{"<c><v>1</v></c>" * COLUMNS_MAX}</row>' for row in range(1, 80))
    yield "wide.xlsx", replaced("xlsx", sheet=sheet_of(wide))
    yield "columns-unnamed.xlsx", replaced("xlsx", sheet=sheet_of(f"<row>{'<c><v>1</v></c>' * 2_000_000}</row>"))
    content = parts(SAMPLES["ods"])["content.xml"].decode()
    for rows, columns, text in ((ROWS_MAX, COLUMNS_MAX, "x"), (ROWS_MAX, 1, "x"), (4_294_967_295, 4_294_967_295, "x"),
                                (4_294_967_295, 4_294_967_295, ""), (1, COLUMNS_MAX, "x")):
        row = (f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell office:value-type="string" '
               f'table:number-columns-repeated="{columns}">{f"<text:p>{text}</text:p>" if text else ""}'
               "</table:table-cell></table:table-row></table:table>")
        yield f"repeated-{rows}-{columns}{'-empty' if not text else ''}.ods", replaced(
            "ods", sheet=content.replace("</table:table>", row, 1))
    yield "rows-million.ods", replaced("ods", sheet=content.replace(
        "</table:table>", "<table:table-row/>" * 1_000_000 + "</table:table>", 1))
    yield "tables-nested.ods", replaced("ods", sheet=content.replace(
        "</table:table>", "<table:table>" * 100_000 + "</table:table>", 1))
    far = number(0, 0) + number(65_535, 255)
    yield "a-gigabyte.xls", xls(far)
    yield "a-gigabyte-sixty-times.xls", xls(*[far] * 60)
    yield "dimensions.xls", xls(number(0, 0), dimensions=(0, 0xFFFFFFFF, 0, 0xFFFF))
    yield "dimensions-turned.xls", xls(number(0, 0), dimensions=(0xFFFF, 0, 0xFF, 0))


def merged():
    def ranges(many):
        inner = "".join(f'<mergeCell ref="{one}"/>' for one in many)
        return f'<mergeCells count="{len(many)}">{inner}</mergeCells>'

    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="200000"><c r="XFD200000"><v>1</v></c></row>'
    for name, many in {
        "50000-small": [f"A{row}:B{row}" for row in range(1, 50_001)],
        "50000-whole": [f"A1:XFD{ROWS_MAX}"] * 50_000,
        "one-whole": [f"A1:XFD{ROWS_MAX}"],
        "turned": ["B2:A1", "XFD1:A9"],
        "beyond": ["A1:ZZZ99999999"],
        "no-range": ["A", "", "A1:B2:C3", "1:1"],
    }.items():
        yield f"merges-{name}.xlsx", replaced("xlsx", sheet=sheet_of(cells, after=ranges(many)))
    content = parts(SAMPLES["ods"])["content.xml"].decode()
    spans = 'table:number-rows-spanned="4294967295" table:number-columns-spanned="4294967295"'
    yield "merges-whole.ods", replaced("ods", sheet=content.replace("<table:table-cell", f"<table:table-cell {spans}"))
    whole = record(0xE5, struct.pack("<H", 1000) + struct.pack("<HHHH", 0, 65_535, 0, 255) * 1000)
    yield "merges-whole.xls", xls(number(0, 0) + number(65_535, 255) + whole * 50)
    yield "merges-short.xls", xls(number(0, 0) + record(0xE5, struct.pack("<H", 60_000)))


def strings():
    def referring(count, index=0):
        return "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>{index}</v></c></row>' for row in range(1, count + 1))

    def shared(items, head=""):
        return f"<sst {MAIN}{head}>{items}</sst>"

    long = f"<si><t>{'x' * 30_000_000}</t></si>"
    for count in (1, 100, 100_000):
        yield f"string-long-{count}.xlsx", replaced("xlsx", sheet=sheet_of(referring(count)), strings=shared(long))
    for index in ("1", "-1", "4294967296", "x", "99999999999999999999"):
        yield f"string-index-{index}.xlsx", replaced(
            "xlsx", sheet=sheet_of(referring(3, index)), strings=shared("<si><t>a</t></si>"))
    yield "string-count.xlsx", replaced(
        "xlsx", sheet=sheet_of(referring(3)), strings=shared("<si><t>a</t></si>", ' count="4294967295" uniqueCount="4294967295"'))
    yield "string-runs.xlsx", replaced(
        "xlsx", sheet=sheet_of(referring(3)), strings=shared(f"<si>{'<r><t>a</t></r>' * 1_000_000}</si>"))
    yield "string-deep.xlsx", replaced("xlsx", strings=shared("<si>" * 1_000_000))
    yield "string-million.xlsx", replaced(
        "xlsx", sheet=sheet_of(referring(3)), strings=shared("<si><t/></si>" * 2_000_000))
    yield "string-attribute.xlsx", replaced(
        "xlsx", sheet=sheet_of(f'<row r="1"><c r="A1" x="{"y" * 20_000_000}"><v>1</v></c></row>'))
    sst = struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF) + struct.pack("<HB", 0xFFFF, 0)
    yield "string-count.xls", xls(number(0, 0), extra=record(0xFC, sst))


def broken():
    rels = "xl/_rels/workbook.xml.rels"
    kept = parts(SAMPLES["xlsx"])
    for name, target in {"itself": "workbook.xml", "outside": "../../../../../etc/passwd", "net": "http://127.0.0.1:9/",
                         "nowhere": "worksheets/none.xml", "empty": "", "long": "a/" * 40_000}.items():
        yield f"target-{name}.xlsx", replaced("xlsx", named={rels: kept[rels].decode().replace(
            "worksheets/sheet1.xml", target)})
    for name in kept:
        if "theme" not in name and "docProps" not in name:
            yield f"without-{name.replace('/', '-')}.xlsx", packed(
                {other: body for other, body in kept.items() if other != name})
    book = kept["xl/workbook.xml"].decode()
    at = book.index("<sheet ")
    one = book[at:book.index("/>", at) + 2]
    many = "".join(one.replace('name="台账"', f'name="{index}"') for index in range(20_000))
    yield "sheets-20000.xlsx", replaced("xlsx", named={"xl/workbook.xml": book.replace(one, many)})
    yield "sheet-name-of-a-megabyte.xlsx", replaced(
        "xlsx", named={"xl/workbook.xml": book.replace("台账", "台" * 350_000)})
    yield "sheet-names-alike.xlsx", replaced("xlsx", named={"xl/workbook.xml": book.replace("空表", "台账")})
    yield "elements-deep.xlsx", replaced("xlsx", sheet="<a>" * 3_000_000)
    yield "elements-deep.ods", replaced("ods", sheet="<a>" * 3_000_000)
    yield "elements-open.xlsx", replaced("xlsx", sheet=sheet_of('<row r="1"><c r="A1"><v>1')[:-20])
    formats, uses = '<numFmt numFmtId="200" formatCode="yyyy"/>' * 500_000, '<xf numFmtId="200"/>' * 500_000
    yield "formats-million.xlsx", replaced("xlsx", named={
        "xl/styles.xml": f"<styleSheet {MAIN}><numFmts>{formats}</numFmts><cellXfs>{uses}</cellXfs></styleSheet>"})
    yield "numbers.xlsx", replaced("xlsx", sheet=sheet_of('<row r="1">' + "".join(
        f"<c><v>{one}</v></c>" for one in ("1e400", "-1e400", "nan", "inf", "0x10", "9" * 100_000, "", "1.1.1")) + "</row>"))
    yield "cyclic-sectors.xls", SAMPLES["xls"][:512] + struct.pack("<I", 0) * 128 + SAMPLES["xls"][1024:]
    cyclic = bytearray(xls(number(0, 0)))
    chain = struct.unpack_from("<I", cyclic, 76)[0]
    cyclic[512 + chain * 512:516 + chain * 512] = struct.pack("<I", 0)
    yield "cyclic-chain.xls", bytes(cyclic)
    huge = bytearray(xls(number(0, 0)))
    struct.pack_into("<I", huge, 44, 0x7FFFFFFF)
    yield "tables-two-billion.xls", bytes(huge)
    huge = bytearray(xls(number(0, 0)))
    struct.pack_into("<H", huge, 30, 31)
    yield "sectors-of-two-gigabytes.xls", bytes(huge)
    yield "record-too-long.xls", ole([("Workbook", biff([number(0, 0)])[:-40] + struct.pack("<HH", 0x203, 0xFFFF))])
    yield "bounds-to-itself.xls", ole([("Workbook", record(0x809, bytes(16)) + record(
        0x85, struct.pack("<IBBBB", 0, 0, 0, 1, 0) + b"S") * 20_000 + record(0x0A))])


def locked():
    yield "encrypted.xlsx", ole([("EncryptedPackage", bytes(9_000)), ("EncryptionInfo", bytes(4_200))])
    entries = parts(SAMPLES["xlsx"]).items()
    yield "encrypted-archive.xlsx", raw_packed([(name.encode(), deflated(body), len(body), 1) for name, body in entries])
    yield "filepass.xls", xls(number(0, 0), extra=record(0x2F, struct.pack("<HHH", 1, 1, 1) + bytes(48)))
    manifest = parts(SAMPLES["ods"])["META-INF/manifest.xml"].decode()
    yield "encrypted.ods", replaced("ods", named={"META-INF/manifest.xml": manifest.replace(
        "</manifest:manifest>", "<manifest:encryption-data/></manifest:manifest>")})
    yield "macros.xlsm", replaced("xlsx", named={"xl/vbaProject.bin": ole([("VBA", b"Sub Auto_Open()\nEnd Sub")])})
    yield "macros-of-rubbish.xlsm", replaced("xlsx", named={"xl/vbaProject.bin": b"\xff" * 100_000})
    sheet = '<row r="1"><c r="A1" t="str"><f>CMD|"/c calc"!A1</f><v>=1+1</v></c></row>'
    yield "formula-command.xlsx", replaced("xlsx", sheet=sheet_of(sheet))


def renamed():
    yield "empty.xlsx", b""
    for name, start in {
        "paper.pdf": b"%PDF-1.7\n", "photo.jpg": b"\xff\xd8\xff\xe0\0\x10JFIF\0", "drawing.png": b"\x89PNG\r\n\x1a\n",
        "program.exe": b"MZ\x90\0\3\0\0\0", "program.elf": b"\x7fELF\2\1\1", "packed.gz": b"\x1f\x8b\x08",
        "packed.7z": b"7z\xbc\xaf\x27\x1c", "packed.rar": b"Rar!\x1a\7\1\0", "film.mp4": b"\0\0\0\x18ftypmp42",
        "book.sqlite": b"SQLite format 3\0", "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "half.zip": b"PK\3\4",
        "one.zip": b"PK", "page.html": b"<html><body><table><tr><td>1", "mail.mht": b"MIME-Version: 1.0\r\n\r\n",
        "sheet2003.xml": b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
    }.items():
        rest = random.Random(name).randbytes(40_000) if name[-3:] not in ("tml", "mht", "xml") else b""
        yield f"{name}.xlsx", start + rest
    yield "letter.docx.xlsx", packed({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<w:document/>"})
    yield "noughts.xls", bytes(1_000_000)


def texts():
    yield "line-of-50-megabytes.csv", b"a,b,c\n" + b"x" * 50_000_000
    yield "commas.csv", b"," * 20_000_000
    yield "line-ends.csv", b"\n" * 20_000_000
    yield "rows-million.csv", "借据号,交易日期,金额\n".encode() + b"A,2019-05-01,1\n" * 1_200_000
    yield "quotes-only.csv", b'"' * 20_000_000
    yield "quotes-open.csv", b'"a,b,c\n' * 1_500_000
    yield "quotes-open-long.csv", (b'"' + b"a," * 2_000 + b"\n") * 4_000
    yield "quotes-odd.csv", b'a,"b""",c"d,"e\r\n' * 800_000
    yield "quote-before-all.csv", b'"' + b"a,b,c\n" * 1_500_000
    yield "noughts-between.csv", b"a,b,c\n1,\0,3\n"
    table = "借据号,交易日期,金额\nA1,2019-05-01,100\n"
    for code in ("utf-16-le", "utf-16-be", "utf-16", "utf-32", "utf-7", "big5"):
        yield f"in-{code}.csv", table.encode(code, "replace") * 3
    yield "in-no-code.csv", random.Random(5).randbytes(2_000_000).replace(b"\0", b"\1")
    yield "half-a-sign.csv", table.encode("gb18030")[:-9] + b"\x81"
    yield "returns-only.csv", b"a,b\r" * 1_000_000
    yield "steering.csv", "\x1b[2J\x07\x08\u202e,\ufeff\u200b\n".encode() * 100_000
    yield "formulas.csv", b'=cmd|"/c calc"!A1,@SUM(1),+1,-1\n' * 1000


def spoilt(seed):
    dice = random.Random(seed)
    for form, whole in SAMPLES.items():
        for cut in (1, 40, len(whole) // 3, len(whole) // 2, len(whole) - 30, len(whole) - 1):
            yield f"cut-{cut}.{form}", whole[:cut]
    while True:
        form = dice.choice(list(SAMPLES))
        body = bytearray(SAMPLES[form])
        if form != "xls" and dice.random() < 0.6:
            content = {name: bytearray(part) for name, part in parts(bytes(body)).items()}
            part = content[dice.choice([name for name in content if content[name] and "theme" not in name])]
            for _ in range(dice.choice((1, 5, 30))):
                part[dice.randrange(len(part))] = dice.randrange(256)
            body = packed({name: bytes(part) for name, part in content.items()})
        else:
            for _ in range(dice.choice((1, 5, 30))):
                body[dice.randrange(len(body))] = dice.randrange(256)
        yield f"spoilt-{dice.randrange(10**6)}.{form}", bytes(body)


def files(count, seed):
    """So many hostile files, one of each kind first: name and content, made one at a time."""
    kinds = [bombs(), entities(), declared(), merged(), strings(), broken(), locked(), renamed(), texts(), spoilt(seed)]
    while count and kinds:
        for kind in list(kinds):
            one = next(kind, None)
            if one is None:
                kinds.remove(kind)
            elif count:
                count -= 1
                yield one


if __name__ == "__main__":
    import sys
    import time

    for name, body in files(int(sys.argv[1]), 1):
        print(f"{len(body):>12,} {name}", flush=True)
        if len(sys.argv) > 2:
            (Path(sys.argv[2]) / name).write_bytes(body)
