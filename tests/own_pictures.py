"""Cases of pictures and arrays that people bring."""

import numpy as np
import own_files as own
from own_cases import DARK, NO_LABEL, Case, also, arrays, classes
from PIL import Image


def white_digit(k, i):
    return own.stroke("RGBA", (255, 255, 255, 0), (255, 255, 255, 255))(k, i)


PICTURES = {
    "strokes, black, on a transparent ground": Case(
        classes(own.stroke("RGBA", (0, 0, 0, 0), (0, 0, 0, 255))),
        DARK,
        "read: laid on white, as what is drawn is dark",
        (
            "24 of 24 pictures, which have transparent parts",
            "Laid on white",
            "dark (mean 0 of 255)",
        ),
    ),
    "strokes, white, on a transparent ground": Case(
        classes(white_digit),
        "white pictures, not a word",
        "read: laid on black, as what is drawn is light",
        ("Laid on black", "light (mean 255 of 255)"),
    ),
    "strokes in grey with an opacity (LA)": Case(
        classes(own.stroke("LA", (0, 0), (0, 255))),
        DARK,
        "read: laid on white",
        ("24 of 24 pictures, which have transparent parts", "Laid on white"),
    ),
    "strokes in a palette with a transparent colour": Case(
        classes(own.clear_palette),
        "black pictures, and a warning of Pillow's with a path in it",
        "read: laid on white",
        ("24 of 24 pictures, which have transparent parts", "Laid on white"),
    ),
    "PNG with a transparent colour (tRNS)": Case(
        classes(own.stroke("L", 7, 0), transparency=7),
        "grey 7 as the ground, not a word",
        "read: laid on white",
        ("24 of 24 pictures, which have transparent parts", "Laid on white"),
    ),
    "PNG of 0 and 1 in 8 bits": Case(
        classes(own.stroke("L", 0, 1)),
        "darkness, not a word",
        "read: 0 and 1 are black and white",
        ("0 and 1 in uint8, taken as black and white",),
    ),
    "PNG in grey of 16 bits": Case(
        classes(lambda k, i: Image.fromarray(np.full((16, 16), 999 * i + k, np.uint16))),
        "refused: 'save it with 8'",
        "refused: save it with 8 bits",
        ("has more than 8 bits a pixel: save it with 8",),
    ),
    "PNG in colour of 16 bits": Case(
        also(
            classes(own.noise),
            lambda place: own.deep_png(
                place / "0" / "00.png", own.RNG.integers(0, 65536, (16, 16, 3), "u2")
            ),
        ),
        "read, not a word",
        "read: the upper 8 bits, and so many pictures",
        ("Of 16 bits a channel, and the upper 8 were taken: 1 of 24 pictures.",),
    ),
    "JPEG that lies on its side (EXIF)": Case(
        classes(
            own.noise,
            ("jpg", "jpg"),
            exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
        ),
        "turned, not a word",
        "read: turned, and so many pictures",
        ("Turned as the EXIF entry says: 24 of 24 pictures.",),
    ),
    "JPEG in the colours of printing (CMYK)": Case(
        classes(lambda k, i: own.noise(k, i).convert("CMYK"), ("jpg", "jpg")),
        "converted, not a word",
        "read: converted to RGB, and so many pictures",
        ("In the colours of printing (CMYK), and converted to RGB: 24 of 24 pictures.",),
    ),
    "GIF that moves": Case(
        classes(
            own.noise, ("gif", "gif"), save_all=True, append_images=[Image.new("RGB", (16, 16))]
        ),
        "refused: 'it holds 0 PNG or JPEG pictures'",
        "read: the first frame, and so many pictures",
        ("Animated, and the first frame was taken: 24 of 24 pictures.", "0 (12), 1 (12)"),
    ),
    "one class in BMP": Case(
        classes(own.noise, ("png", "bmp")),
        "refused: 'one subfolder'; of three classes it was left out, not a word",
        "read",
        ("0 (12), 1 (12)", "Left out     nothing"),
    ),
    "one class in WebP": Case(
        classes(own.noise, ("png", "webp")),
        "refused: 'one subfolder'; of three classes it was left out, not a word",
        "read",
        ("0 (12), 1 (12)",),
    ),
    "GIF that is called .png": Case(
        classes(own.noise, format="GIF"),
        "refused: 'no picture'",
        "read by its content",
        ("0 (12), 1 (12)",),
    ),
    "some TIFF among PNG": Case(
        also(
            classes(own.noise),
            lambda place: [own.noise(0, 0).save(place / "1" / f"{i}.tif") for i in range(5)],
        ),
        "left out, not a word",
        "read: so many files .tif are left out, and why",
        ("Left out     5 files .tif: only PNG, JPEG, GIF, BMP or WebP is read", "1 (12)"),
    ),
    "one class in TIFF": Case(
        classes(own.noise, ("png", "tif")),
        "refused: 'one subfolder'; of three classes it was left out, not a word",
        "refused: the folder, the ending, save them as PNG",
        ("its folder '1' holds 12 .tif files", "save them as PNG"),
    ),
    "folders train and test": Case(
        lambda folder: (
            [own.save_pictures(folder / "set" / part, 12) for part in ("train", "test")][0].parent
        ),
        "two classes, train and test",
        "refused: these are parts; one folder for each class",
        ("'test' and 'train' look like parts", "one folder for each class"),
    ),
    "folders train and test of classes": Case(
        lambda folder: own.save_bags(folder / "set", ("train", "test")),
        "'it holds 0 pictures'; for chapter mil, bags of two labels",
        "refused: these are parts",
        ("'test' and 'train' look like parts",),
    ),
    "a folder in the folder (zipped once)": Case(
        lambda folder: own.save_classes(folder / "set" / "digits", own.noise).parent,
        "'it holds 0 pictures'",
        "refused: give the folder below",
        ("one level further down, below 'digits'",),
    ),
    "@eaDir, Thumbs.db, notes, a link": Case(
        also(classes(own.noise), lambda place: litter(place)),
        "@eaDir was a class; the others were left out, not a word",
        "read: what is left out, how many and why",
        ("0 (12), 1 (12)", "1 file .db", "1 file .txt", "1 folder: no", "1 link: links are not"),
    ),
    "pictures that are all alike": Case(
        classes(lambda k, i: Image.new("RGB", (16, 16), (9, 80, 200))),
        "read; one chapter refused it later",
        "refused: nothing to learn",
        ("all its 24 pictures are alike: there is nothing to learn",),
    ),
    "some pictures of a single shade": Case(
        classes(lambda k, i: Image.new("L", (16, 16), 90 + k) if i < 2 else own.noise(k, i)),
        "read, not a word",
        "read: how many",
        ("4 of 24 pictures are of a single shade.",),
    ),
}


def litter(place):
    own.save_pictures(place / "@eaDir", 3)
    (place / "notes.txt").write_text("a note")
    (place / "1" / "Thumbs.db").write_text("")
    (place / "1" / "link.png").symlink_to(place / "1" / "00.png")


UNIT = own.PIXELS / 255
ARRAYS = {
    "0 and 1 in uint8": Case(
        arrays(images=(own.PIXELS > 99).astype("u1")),
        "darkness, not a word",
        "read: 0 and 1 are black and white",
        ("from 0 to 1; 0 and 1 in uint8, taken as black and white",),
    ),
    "0 to 16 in uint8": Case(
        arrays(images=own.PIXELS // 16),
        "near darkness, not a word",
        "refused: save 0 to 255, or divide by it",
        ("its largest value is 15 of 255", "divide by 15"),
    ),
    "floats from 0 to 0.06": Case(
        arrays(images=UNIT * 0.06),
        "near darkness, not a word",
        "read: with a note",
        ("The largest value is 0.06, so every picture is dark.",),
    ),
    "floats from -1 to 1": Case(
        arrays(images=2 * UNIT - 1),
        "read; the set's source line said so, and nobody showed it",
        "read: the range, and what it was rescaled to",
        ("from -1 to 1; rescaled from [-1, 1] to [0, 1]",),
    ),
    "one value everywhere": Case(
        arrays(images=np.full((40, 8, 8), 9, "u1")),
        "read; one chapter refused it later",
        "refused: nothing to learn",
        ("every value is 9: there is nothing to learn",),
    ),
    "X and y": Case(
        arrays(X=UNIT, y=own.LABELS), "refused: 'neither the key'", "read", ("key 'y', by its",)
    ),
    "label, in the singular": Case(
        arrays(images=UNIT, label=own.LABELS), NO_LABEL, "read", ("key 'label', by its name",)
    ),
    "labels and target": Case(
        arrays(images=UNIT, labels=own.LABELS, target=own.LABELS),
        "target was left alone, not a word",
        "refused: keep one",
        ("it has both labels and target: keep one of them",),
    ),
    "x_train and y_train (Keras)": Case(
        arrays(x_train=UNIT, y_train=own.LABELS),
        "refused: did not say what there is",
        "refused: the keys that are there, and the call",
        ("its keys are x_train, y_train", "numpy.savez('mine.npz', images=..., labels=...)"),
    ),
    "an array without a name (arr_0)": Case(
        arrays(arr_0=UNIT),
        "refused: did not say what there is",
        "refused: the keys that are there, and the call",
        ("its keys are arr_0",),
    ),
    "further keys": Case(
        arrays(images=UNIT, labels=own.LABELS, weights=own.LABELS, note=np.array(["x"])),
        "left alone, not a word",
        "read: the keys that are left out",
        ("Left out     2 keys note, weights: only 'images' and a label are read",),
    ),
}
