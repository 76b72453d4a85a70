"""Cases of tables that people bring."""

import own_files as own
from own_cases import (
    COUNT,
    INDEX,
    LEAK,
    LINES,
    MISSING,
    NO_LABEL,
    ORDER,
    TEXT,
    UNKNOWN,
    Case,
    raw,
    table,
)


def index_case(names, place=0, values=COUNT, before=LEAK, words=()):
    rows = own.with_column(place, values)
    return Case(table(names, rows), before, INDEX, ("perhaps its label: remove it", *words))


TABLES = {
    "an index without a name (pandas' to_csv())": index_case(
        ",a,b,label", words=("column 1, which has no name, counts from 0 to 59",)
    ),
    "an index called 'Unnamed: 0'": index_case("Unnamed: 0,a,b,label"),
    "an index called id, from 100000": index_case(
        "id,a,b,label",
        values=range(100_000, 100_060),
        before="an input; all other columns were squeezed to nothing",
        words=("column 'id' counts from 100000 to 100059",),
    ),
    "an index in another order": index_case(
        ",a,b,label", values=ORDER, words=("column 1, which has no name, numbers the rows",)
    ),
    "an index in quotes (R's write.csv)": index_case(
        '"","a","b","label"',
        values=[f'"{i}"' for i in COUNT],
        words=("R row.names = FALSE",),
    ),
    "one name fewer than columns (R's write.table)": Case(
        table("a,b,label", own.with_column(0, COUNT)),
        "refused: 'give equally many'",
        "refused: row names of R, and how to leave them out",
        ("3 column names but its first row has 4 fields", "row.names = FALSE"),
    ),
    "an id of text": Case(
        table("id,a,b,label", own.with_column(0, [f"p{i}" for i in COUNT])),
        TEXT,
        "refused: remove the column",
        ("column 'id' holds text ('p0' in row 1): remove this column",),
    ),
    "a column t that counts up": Case(
        table("t,a,b,label", own.with_column(0, COUNT)),
        LEAK,
        "read: with a note",
        ("Column 't' counts up by one: it tells where in the file a row stands.",),
    ),
    **{
        f"a label called {name}": Case(
            table(f"a,b,{name}"),
            NO_LABEL if name != "label" else "read",
            "read: it is the label, by its name",
            (f"Label        column '{name}', by its name", "0 (20), 1 (20), 2 (20)", "a, b\n"),
        )
        for name in ("label", "labels", "target", "class", "y", "species", "Label", "LABEL")
    },
    "columns label and target": Case(
        table("a,b,label,target", own.with_column(3, [i % 2 for i in COUNT])),
        "target was an input, and told the label",
        "refused: two candidates",
        ("its columns 'label' and 'target' could each be the label",),
    ),
    "two columns label": Case(
        table("a,b,label,label", own.with_column(3, [i % 2 for i in COUNT])),
        "refused: 'labels of shape (60, 2)'",
        "refused: two candidates",
        ("its columns 'label' and 'label' could each be the label",),
    ),
    "y with fractions (a regression)": Case(
        table("a,b,y", [(c, a, b) for a, b, c in own.ROWS]),
        NO_LABEL,
        "refused: whole numbers or text, or another name",
        ("column 'y' would be the label by its name", "rename it if it is an input"),
    ),
    "no label": Case(
        table("a,b,c"),
        "read; clusters stood for classes, not a word",
        "read: the names that would be a label, and what stands for classes",
        ("Label        none: a column label, labels, target", "take clusters of K-means instead"),
    ),
    "labels 0.0 and 1.0": Case(
        table(rows=[(a, b, f"{c}.0") for a, b, c in own.ROWS]),
        "refused",
        "read as whole numbers",
        ("0 (20), 1 (20), 2 (20)",),
    ),
    "labels with spaces around them": Case(
        table(rows=[(a, b, (" cat", "dog", "cat ")[int(c)]) for a, b, c in own.ROWS]),
        "three classes",
        "read: spaces removed, and in how many rows",
        ("Spaces around the label were removed in 40 rows.", "cat (40), dog (20)"),
    ),
    "labels Cat and cat": Case(
        table(rows=[(a, b, ("cat", "dog", "Cat")[int(c)]) for a, b, c in own.ROWS]),
        "three classes, not a word",
        "read: with a note",
        ("The classes 'Cat' and 'cat' differ in case only.",),
    ),
    "a class called NA or None": Case(
        table(rows=[(a, b, ("NA", "None", "x")[int(c)]) for a, b, c in own.ROWS]),
        "refused: 'row 1 has too few fields or an empty one'",
        "read: with a note",
        ("NA (20), None (20), x (20)", "The class 'NA' counts as a class"),
    ),
    "a row without label": Case(
        table(rows=own.with_field(31, 2, "")),
        "refused: the row",
        "refused: the column and the row",
        ("column 'label' has an empty or missing field in row 31",),
    ),
    "semicolons (Excel in many countries)": Case(
        table(sep=";"),
        TEXT,
        "refused: the semicolon, and how to save it",
        ("its columns are separated by semicolons", "CSV UTF-8", "sep=';'"),
    ),
    "semicolons and decimal commas": Case(
        table(rows=[[v.replace(".", ",") for v in row] for row in own.ROWS], sep=";"),
        "refused: 'it has 1 column names but its first row has 5 fields'",
        "refused: the semicolon, the comma, and how to save it",
        ("semicolons and its numbers have decimal commas", "decimal=','"),
    ),
    "tabs": Case(table(sep="\t"), TEXT, "refused: the tab", ("separated by tabs",)),
    "bars": Case(table(sep="|"), TEXT, "refused: the bar", ("separated by bars",)),
    "a first line sep=;": Case(
        raw(b"sep=;\na;b;label\n1;2;0\n"),
        TEXT,
        "refused: remove this line",
        ("Excel only: remove",),
    ),
    "decimal commas in quotes": Case(
        table(rows=[(f'"{a.replace(".", ",")}"', b, c) for a, b, c in own.ROWS]),
        TEXT,
        "refused: write a decimal point",
        ("column 'a' holds numbers with a comma", "in row 1): write a decimal point"),
    ),
    "Latin-1": Case(
        raw(LINES.replace("a,b", "größe,b").encode("latin-1")),
        "refused with Python's words",
        "refused: the line, the byte, and how to save it",
        ("line 1 holds the byte 0xf6, which is no UTF-8 (Latin-1", "CSV UTF-8", "cp1252"),
    ),
    "Latin-1 further down": Case(
        raw((LINES + "\n1,2,größe\n").encode("latin-1")),
        "refused with Python's words",
        "refused: the line, the byte, and how to save it",
        ("line 62 holds the byte 0xf6",),
    ),
    "UTF-16 (Excel's 'Unicode text')": Case(
        raw(LINES.encode("utf-16")),
        "refused with Python's words",
        "refused: UTF-16, and how to save it",
        ("it is written in UTF-16", "CSV UTF-8"),
    ),
    "a byte order mark (Excel's CSV UTF-8)": Case(
        raw(LINES.encode("utf-8-sig")), "read", "read", ("2 columns: a, b", "0 (20)")
    ),
    "line ends of Windows": Case(
        raw(LINES.replace("\n", "\r\n").encode()), "read", "read", ("2 columns: a, b", "0 (20)")
    ),
    "a comma that ends each line": Case(
        table("a,b,label,", [(*row, "") for row in own.ROWS]),
        "refused: 'row 1 has too few fields'",
        "refused: remove the comma",
        ("column 4 has no name and no values: remove the comma",),
    ),
    "a hole": Case(
        table(rows=own.with_field(31, 1, "")),
        "refused: the row",
        MISSING,
        ("column 'b' has an empty or missing field in row 31: fill it",),
    ),
    "holes written ?, NA or -": Case(
        table(rows=own.with_field(9, 0, "?", own.with_field(31, 0, "NA"))),
        "refused: one row, or as text",
        MISSING,
        ("column 'a' has 2 empty or missing fields, the first in row 9: fill them",),
    ),
    "a row that is too short": Case(
        table(rows=[*own.ROWS, ("1", "2")]),
        "refused: the row",
        "refused: the column and the row",
        ("column 'label' has an empty or missing field in row 61",),
    ),
    "a row that is too long": Case(
        table(rows=[*own.ROWS, ("1", "2", "0", "7")]),
        UNKNOWN,
        "refused: the line, its fields, and what to do",
        ("line 62 has 4 fields where the first line has 3 names",),
    ),
    "an infinite value": Case(
        table(rows=own.with_field(31, 1, "inf")),
        "refused: 'NaN or infinite'",
        "refused: the column and the row",
        ("column 'b' holds an infinite value in row 31",),
    ),
    "values up to 1e308": Case(
        table(rows=own.with_field(1, 0, "1e308", own.with_field(2, 0, "-1e308"))),
        "refused: 'NaN or infinite'",
        "refused: too far apart",
        ("its values from -1e+308 to 1e+308 are too far apart",),
    ),
    "text among the numbers": Case(
        table(rows=own.with_field(31, 1, "north")),
        TEXT,
        "refused: the column, the word, the row",
        ("column 'b' holds text ('north' in row 31)",),
    ),
    "no names": Case(
        table(",".join(own.ROWS[0])),
        "refused: no column names",
        "refused: the first line looks like data",
        ("its first line holds numbers", "put a line with names above"),
    ),
    "no names, and a word in the first row": Case(
        table("5.1,3.5,setosa", [(a, b, "setosa") for a, b, _ in own.ROWS]),
        TEXT,
        "refused: the first line looks like data",
        ("its first line holds numbers (5.1, 3.5)",),
    ),
    "no names, and a hole in the first row": Case(
        table("0.5,,0"),
        "the first row was taken for names; the label was an input",
        "refused: the first line looks like data",
        ("its first line holds numbers (0.5, 0)",),
    ),
    "names 0, 1, 2 (pandas without names)": Case(
        table("0,1,label"), "refused without a label, else read", "read", ("2 columns: 0, 1",)
    ),
    "-99999 for a missing value": Case(
        table(rows=own.with_field(31, 1, "-99999")),
        "all else was squeezed into 0.9999 to 1, not a word",
        "read: with a note that says what is squeezed",
        ("beside 'b' 1 of 2 span less than a thousandth", "stands for a missing value"),
    ),
    "a column that never changes": Case(
        table("a,c,b,label", own.with_column(1, [5] * 60)),
        "read, not a word",
        "read: with a note",
        ("The same in every row, so nothing is learnt from it: c.",),
    ),
    "one column, and a label": Case(
        table("a,label", [(a, c) for a, _, c in own.ROWS]),
        "crashes in two chapters",
        "read, and every chapter trains on it",
        ("48 + 12 rows of 1 numbers, drawn as 1 x 1", "1 column: a"),
    ),
    "a label and nothing else": Case(
        table("label", [(c,) for *_, c in own.ROWS]),
        "refused: 'its images have 0 pixels'",
        "refused: no column of numbers",
        ("it has no column of numbers beside the label",),
    ),
    "a .npy": Case(
        raw(b"", "t.npy"), "refused: 'convert it'", "refused: the call", ("numpy.savez",)
    ),
    "a .tsv": Case(raw(b"", "t.tsv"), "refused: 'convert it'", "refused: how", ("write commas",)),
    "an old Excel file (.xls)": Case(
        raw(b"", "t.xls"), "refused: 'convert it'", "refused: how", ("save it as .xlsx or 'CSV",)
    ),
    "a compressed table (.csv.gz)": Case(
        raw(b"", "t.csv.gz"), "refused: 'convert it'", "refused: unpack it", ("unpack it",)
    ),
}
