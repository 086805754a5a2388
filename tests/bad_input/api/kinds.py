"""The kinds of arguments: the groups of bad values for each, and what it allows."""

from tests.bad_input.api.values import PATHS, TEXTS, VALUES

# an old file is replaced
OF_NEW_FILES = {"empty file", "binary file", "cut-off file", "locked file", "home"}
RATIOS = {"fraction", "ratio"}
REALS = RATIOS | {
    "negative",
    "zero",
    "minus zero",
    "smallest float",
    "largest float",
}
HUGE = {"whole beyond floats", "whole of too many digits"}
FLAGS = {"True", "NumPy's True"}
NAMES = TEXTS.keys() - {"empty text", "bytes", "half a character", "NUL", "long text"}
# the values that each kind of argument allows
ALLOWED: dict[str, set[str]] = {
    "model": {"model"},
    "estimator": set(),
    "word": set(),
    "word or None": {"None"},
    "names": {
        *("empty list", "empty tuple", "used up", "empty array", "no rows"),
        *("empty table", "table without columns"),
    },
    "words": {"table without rows"},
    "words or None": {"None"},
    "text or None": {"None", *TEXTS} - {"bytes"},
    "spellings or None": {
        "None",
        *PATHS,
        *(TEXTS.keys() - {"empty text", "space", "bytes", "number as text"}),
        *("long list", "name twice", "list of half a character", "list of controls"),
    },
    "X": set(),
    "X by place": {"names twice", "names twice in Arrow"},
    "y": set(),
    "weights or None": {"None"},
    "count": set(),
    "count of any size": HUGE,
    "partitions": set(),
    "count or None": {"None"},
    "seed": {"None", "zero"},
    "seed of any size": {"None", "zero", *HUGE},
    "whole seed": {"zero"},
    "whole seed of any size": {"zero", *HUGE},
    "rng": {"None", "zero", *HUGE},
    "flag": FLAGS,
    "flag or None": {*FLAGS, "None"},
    "probability": {"smallest float"},
    "positive": RATIOS,
    "positive or None": {*RATIOS, "None"},
    "sd": RATIOS,
    "sds": {*RATIOS, "dict"},
    "penalties or None": {"None"},
    "points": set(),
    "points or none": {"empty list", "empty tuple", "empty array"},
    "shares": {*FLAGS, "zero", "minus zero", "smallest float", "three axes"},
    "degrees of freedom": {
        *(REALS - {"negative", "zero", "minus zero"}),
        *(*FLAGS, "infinity", "Decimal"),
        *("long double beyond floats", "half precision, infinite"),
        "infinite half precision",
    },
    "named": {"data set of xarray"},
    "finite": REALS,
    "distance": REALS - {"negative"},
    "step": RATIOS,
    "positive or a function": {*RATIOS, "function", "linear operator"},
    "place": {"zero"},
    "place or None": {"zero", "None"},
    "parameters": set(),
    "names or None": {"None", "list", "list of controls", "ragged"},
    "statistics": {"statistics"},
    "likelihood": set(),
    "prior": set(),
    "folder or file": set(),
    "new file": NAMES | (PATHS.keys() & OF_NEW_FILES),
    "report": set(),
    "draws or None": {"None"},
    "answer": REALS,
    "batches": set(),
    "mean": {*REALS, *FLAGS, "Decimal"},
    # a part of a vector, which the density will refuse
    "real": {
        *REALS,
        *FLAGS,
        *("Decimal", "NaN", "infinity", "minus infinity", "0-d NaN", "0-d object"),
        *("long double beyond floats", "half precision, infinite"),
        *("list of None", "list of NaN"),
    },
    "cov or None": {"None"},
    "own word": set(VALUES),
    "setting": {*RATIOS, "zero", "minus zero"},
    "frame": {"names twice"},
    "column number": {"negative"},
    "columns or None": {"None"},
    "columns or levels or None": {"None", "empty dict"},
    "exercises or None": {"None"},
}


OF_FILES = (
    "cannot read",
    "cannot be read",
    "is empty",
    "is not a text file",
    "is no .npy file",
)
# how a message may call an argument
OTHER_WORDS = {
    "prior_sd": ("prior sd",),
    "name": ("exercise", "scales are known"),
    "names": ("exercise",),
    "path": OF_FILES,
    "seeds": OF_FILES,
    "exercises": ("unknown exercise",),
    "target": ("has no column", *OF_FILES),
    "weights": OF_FILES,
    "reader": ("the stream",),
    "X": ("column names",),
    "feature_names": ("column names",),
    "batches": ("batch 0",),
    "na": ("no value but '1'",),
}

ALL = ("numbers", "texts", "lists", "objects")
# the groups of bad values that a kind of argument meets in the quick tests
GROUPS_OF: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(ALLOWED, ALL),
    **dict.fromkeys(
        ("X", "y", "weights or None", "points", "parameters", "frame", "batches"),
        (*ALL, "arrays", "tables"),
    ),
    **dict.fromkeys(
        ("X by place", "points or none", "shares", "step"),
        (*ALL, "arrays", "tables"),
    ),
    **dict.fromkeys(
        ("penalties or None", "sds", "mean", "cov or None", "draws or None"),
        (*ALL, "arrays", "tables"),
    ),
    **dict.fromkeys(("folder or file", "new file", "report"), (*ALL, "paths")),
}
