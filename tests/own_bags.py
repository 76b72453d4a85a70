"""Cases of bags that people bring."""

import own_files as own
from own_cases import COUNT, INDEX, LEAK, MISSING, TEXT, Case, bag_table, raw

BAGS = {
    "bags, as they should be": Case(
        bag_table(),
        "chapter mil read them; data check refused them",
        "read",
        ("20 bags of 3 to 3, 60 instances of 2 numbers", "0 (10), 1 (10)", "bags by column 'bag'"),
    ),
    "folders of bags": Case(
        lambda folder: own.save_bags(folder / "set"),
        "chapter mil read them; data check: 'it holds 0 pictures'",
        "read",
        ("6 bags of 4 to 4, 24 instances", "healthy (3), sick (3)", "positive when it is 'sick'"),
    ),
    "bags with a byte order mark (Excel)": Case(
        bag_table(encoding="utf-8-sig"), "no bags: " + TEXT, "read", ("20 bags of 3 to 3",)
    ),
    "bags with names in quotes (R)": Case(
        bag_table(names='"bag","label","a","b"'), "no bags: " + TEXT, "read", ("20 bags of 3",)
    ),
    **{
        f"bags in a column {name}": Case(
            bag_table(names=f"{name},label,a,b"), "no bags: " + TEXT, "read", ("20 bags of 3",)
        )
        for name in ("Bag", "bag_id")
    },
    "bags with semicolons (Excel)": Case(
        bag_table(sep=";"), "no bags: " + TEXT, "refused: the semicolon", ("semicolons",)
    ),
    "bags with an index": Case(
        bag_table(own.with_column(0, COUNT, own.BAG_ROWS), "," + own.BAG_NAMES),
        LEAK,
        INDEX,
        ("column 1, which has no name, counts from 0 to 59",),
    ),
    "bags with holes": Case(
        bag_table(own.with_field(7, 3, "", own.with_field(8, 3, "", own.BAG_ROWS))),
        "rows and whole bags vanished, not a word",
        MISSING,
        ("column 'b' has 2 empty or missing fields, the first in row 7",),
    ),
    "bags with an empty column": Case(
        bag_table([(*row, "") for row in own.BAG_ROWS], own.BAG_NAMES + ",c"),
        "Python's words, after lines of warnings",
        MISSING,
        ("column 'c' has 60 empty or missing fields",),
    ),
    "bags labelled NA": Case(
        bag_table([(a, "NA" if b == "0" else "yes", c, d) for a, b, c, d in own.BAG_ROWS]),
        "'its bags have 1 labels'",
        "read: with a note",
        ("NA (10), yes (10)", "The class 'NA' counts as a class"),
    ),
    "a witness that is left blank": Case(
        bag_table(
            own.with_column(4, [""] * 30 + [1] * 30, own.BAG_ROWS), own.BAG_NAMES + ",witness"
        ),
        "these rows and whole bags vanished, not a word",
        "refused: how many rows, the first, write 0 or 1",
        ("column 'witness' is neither 0 nor 1 in 30 rows, the first is row 1",),
    ),
    "witnesses": Case(
        bag_table(own.with_column(4, [0, 1, 1] * 20, own.BAG_ROWS), own.BAG_NAMES + ",witness"),
        "read",
        "read",
        ("witnesses known",),
    ),
    "bags without numbers": Case(
        bag_table([row[:2] for row in own.BAG_ROWS], "bag,label"),
        "'integer division or modulo by zero'",
        "refused: no column of numbers",
        ("it has no column of numbers",),
    ),
    "bags with a column of text": Case(
        bag_table(own.with_field(1, 2, "north", own.BAG_ROWS)),
        "Python's words, without the column",
        "refused: the column, the word, the row",
        ("column 'a' holds text ('north' in row 1)",),
    ),
    "bags of three folders": Case(
        lambda folder: own.save_bags(folder / "set", ("a", "b", "c")),
        "'it holds 0 pictures'",
        "refused: bags have two labels",
        ("3 folders of folders of pictures", "two labels"),
    ),
    "120 000 rows of bags": Case(
        raw(b"bag,label,a\n" + b"b1,0,1\n" * 120_000),
        "the first 100 000 rows, not a word",
        "refused: too many",
        ("it holds more than 100000 rows",),
    ),
    "bags without a label": Case(
        bag_table(names="bag,group,a,b"),
        "refused: 'no column label'",
        "refused: no column label",
        ("it has no column label",),
    ),
    "bags whose rows have unlike labels": Case(
        bag_table(own.with_field(4, 1, "0", own.BAG_ROWS)),
        "refused",
        "refused: the bag and the row",
        ("rows of the bag 'b01' (row 4) have unlike labels",),
    ),
}
