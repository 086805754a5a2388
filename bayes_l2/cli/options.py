"""The options of ``bayes-l2 compare``, each with its help, by section."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer


def _option(section: str, words: str, *flags: str, **more: Any) -> Any:
    return typer.Option(*flags, help=words, rich_help_panel=section, **more)


_data, _model, _fits, _output = (
    partial(_option, section) for section in ("Data", "Model", "Fits", "Output")
)

File = Annotated[
    str | None,
    typer.Argument(
        help="Table with a line of names: CSV, Parquet, Arrow or Excel; - is "
        "standard input. A .npy file, a folder of Parquet files and a pattern in "
        "quotes such as 'data/*.parquet' are read a part at a time. Without one, data "
        "of scikit-learn's, standardised: diabetes, breast cancer for bernoulli, iris "
        "for categorical.",
        metavar="FILE",
        rich_help_panel="Data",
    ),
]
Target = Annotated[
    str | None,
    _data(
        "Column to predict; all others are features. Of a .npy file, its number from "
        "0, or from -1 backwards.",
        metavar="COL",
    ),
]
Features = Annotated[
    str | None,
    _data(
        "The only columns to use as features. Put a name that holds a comma in "
        "double quotes.",
        metavar="COL,COL",
    ),
]
Drop = Annotated[
    list[str] | None,
    _data("Columns to leave out. May be given again.", metavar="COL,COL"),
]
Encode = Annotated[
    bool,
    _data(
        "Turn each column of text into a column of 0 and 1 for each of its levels; "
        "for all but the first level where the prior is flat.",
        "--encode",
    ),
]
DropMissing = Annotated[
    bool,
    _data("Leave out the rows that have a missing value.", "--drop-missing"),
]
Na = Annotated[
    str | None,
    _data(
        "More spellings of a missing value. With none, only an empty field is "
        "missing, and NA is a label like any other.",
        metavar="TEXT,TEXT",
    ),
]
Sep = Annotated[
    str | None,
    _data(
        "Separator of a CSV: comma, semicolon, tab, pipe, space or the mark itself. "
        "[default: found]",
        metavar="MARK",
    ),
]
Decimal = Annotated[
    str | None,
    _data(
        "Decimal mark of a CSV: point or comma. [default: found]",
        metavar="MARK",
    ),
]
Encoding = Annotated[
    str | None,
    _data(
        "Encoding of a CSV, such as utf-8, utf-16 or latin-1. [default: found]",
        metavar="NAME",
    ),
]
Standardise = Annotated[
    bool,
    _data(
        "Scale the features of the file to mean 0 and sd 1 (divisor n) first.",
        "--standardise",
        "--standardize",
    ),
]
Stream = Annotated[
    bool,
    _data(
        "Read Parquet or Arrow a part at a time, with little memory. A file larger "
        "than a quarter of the memory always is.",
        "--stream",
    ),
]

Likelihood = Annotated[
    str,
    _model(
        "normal (squared error), laplace:SCALE (absolute error), bernoulli (two "
        "classes, cross-entropy), categorical (more classes, softmax) or poisson "
        "(counts).",
        metavar="NAME",
    ),
]
Prior = Annotated[
    str,
    _model(
        "normal (L2 penalty, of --prior-sd), laplace:SCALE (L1 penalty), "
        "elasticnet:L1_SCALE,L2_SD (both) or flat (no penalty).",
        metavar="NAME",
    ),
]
PriorSd = Annotated[
    str | None,
    _model(
        "Prior sd of every coefficient, in y per unit of the column: a number, or a "
        "prior on it such as halfcauchy:20. [default: 20 for diabetes, else chosen, "
        "or needed with laplace:SCALE]",
        metavar="SCALE",
    ),
]
NoiseSd = Annotated[
    str | None,
    _model(
        "Noise sd, in the units of y: a number, or a prior on it: halfnormal:SD, "
        "halfcauchy:SCALE, halfstudentt:DF,SCALE, exponential:MEAN, "
        "inversegamma:SHAPE,SCALE (on the variance), flat or flatlog. [default: 54 "
        "for diabetes, else chosen, or needed with --prior]",
        metavar="SCALE",
    ),
]
Criterion = Literal["evidence", "loo", "gcv", "cv", "hierarchical"]
Choose = Annotated[
    Criterion | None,
    _model(
        "Choose the penalty, and a noise sd that is not a number with it, by evidence, "
        "loo, gcv, cv or hierarchical. [default: evidence for a file or for classes, "
        "without --prior-sd]",
        metavar="NAME",
    ),
]
Intercept = Annotated[
    bool, _model("Whether to fit an intercept, which is never penalised.")
]

Routes = Annotated[
    str,
    _fits(
        "Comma-separated, among penalised (also called ridge), map, exact, mcmc.",
        metavar="NAME,NAME",
    ),
]
Engine = Annotated[
    Literal["nutpie", "pymc"],
    _fits(
        "nutpie: scipy and nutpie on this package's log posterior. pymc: find_MAP "
        "(except for L1 and absolute error) and PyMC's own NUTS on a PyMC program of "
        "the raw rows.",
        metavar="NAME",
    ),
]
Draws = Annotated[int, _fits("Draws kept of each of four chains.", min=1, metavar="N")]
Tune = Annotated[
    int, _fits("Draws of each chain used for adaptation.", min=1, metavar="N")
]
Seed = Annotated[int, _fits("Seed of the sampler.", min=0, metavar="N")]

AsJson = Annotated[bool, _output("Print one JSON object and nothing else.", "--json")]
Meaning = Annotated[
    bool,
    _output(
        "Say what the penalty says of the data, before and after they are seen.",
        "--meaning",
    ),
]
Report = Annotated[
    Path | None,
    _output(
        "Write a report to hand in here: .html, one file that needs no other, or .md, "
        "with its figures in words and numbers.",
        metavar="FILE",
    ),
]
Plot = Annotated[
    Path | None,
    _output("Write a figure here: .png, .svg or .pdf.", metavar="FILE"),
]
Predict = Annotated[
    str | None,
    _output(
        "Table of new rows to predict, with the same features; the target may be "
        "absent. A .npy file where FILE is one. Needs --output.",
        metavar="NEW",
    ),
]
Output = Annotated[
    Path | None,
    _output(
        "Write the predictions here, .csv or .parquet: mean, sd and interval of each "
        "new row, or the probability of each class.",
        metavar="FILE",
    ),
]
Coverage = Annotated[
    str | None,
    _output(
        "Probability of the interval of each new row, between 0 and 1. [default: 0.95]",
        metavar="P",
    ),
]
Save = Annotated[
    Path | None,
    _output(
        "Save the comparison with its draws here, .nc; bayes_l2.load(FILE) reads it.",
        metavar="FILE",
    ),
]
