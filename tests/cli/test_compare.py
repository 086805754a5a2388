"""The command line: what it prints, its exit status, and what a mistake gets."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

import bayes_l2
from bayes_l2 import (
    LinearModel,
    choose_penalty,
    datasets,
    likelihoods,
    penalty_meaning,
    priors,
)
from bayes_l2.cli.main import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    captured = capsys.readouterr()
    assert isinstance(stop.value.code, int)
    return stop.value.code, captured.out, captured.err


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((30, 3))
    path = tmp_path / "data.csv"
    path.write_text(
        "a,b,y\n" + "\n".join(",".join(map(str, row)) for row in rows) + "\n"
    )
    return path


def test_compare_prints_assumptions_table_and_checks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, _ = run(capsys, "compare")
    assert status == 0
    order = [
        "Diabetes data",
        "y ~ Normal(a + Xb, 54²)",
        "α = σ²/τ² = 54² / 20² = 7.29",
        "bmi",
        "24.69",
        "11 of 11 checks",
    ]
    places = [out.index(words) for words in order]
    assert places == sorted(places)


def test_json_is_one_object_and_nothing_else(
    capsys: pytest.CaptureFixture[str], csv: Path
) -> None:
    options = [
        "--target",
        "y",
        "--prior-sd",
        "1",
        "--noise-sd",
        "2",
        "--routes",
        "penalised,map",
        "--no-intercept",
    ]
    status, out, err = run(capsys, "compare", str(csv), *options, "--json")
    result = json.loads(out)
    assert (status, err) == (0, "")
    assert result["model"]["penalty"] == 4.0
    assert list(result["parameters"]) == ["a", "b"]
    columns = ["penalised", "map", "exact", "exact_sd"]
    assert list(result["parameters"]["a"]) == columns
    assert result["passed"] is True


def test_ridge_is_a_second_name_of_the_penalised_route(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown = [
        run(capsys, "compare", "--routes", f"{name}, map", "--json")[:2]
        for name in ("ridge", "penalised")
    ]
    assert shown[0] == shown[1]
    assert shown[0][0] == 0


def test_a_csv_without_scales_chooses_them_by_evidence(
    capsys: pytest.CaptureFixture[str], csv: Path
) -> None:
    options = ["compare", str(csv), "--target", "y", "--routes", "penalised,map"]
    status, out, _ = run(capsys, *options)
    assert status == 0
    assert "Penalty chosen by evidence: α = " in out
    _, out, _ = run(capsys, *options, "--json")
    result = json.loads(out)
    data = np.loadtxt(csv, delimiter=",", skiprows=1)
    unknown = priors.FlatLogScale()
    model = LinearModel(
        data[:, :2],
        data[:, 2],
        likelihood=likelihoods.Normal(unknown),
        prior=priors.Normal(unknown),
    )
    choice = choose_penalty(model)
    assert result["choice"] == {
        "by": "evidence",
        "penalty": choice.penalty,
        "at_edge": choice.at_edge,
    }
    assert result["model"]["penalty"] == pytest.approx(choice.penalty, rel=1e-12)
    assert result["passed"] is True


def test_a_noise_sd_alone_is_kept_and_the_prior_sd_chosen(
    capsys: pytest.CaptureFixture[str], csv: Path
) -> None:
    options = [
        "compare",
        str(csv),
        "--target",
        "y",
        "--noise-sd",
        "2",
        "--routes",
        "penalised",
        "--json",
    ]
    status, out, _ = run(capsys, *options)
    assert status == 0
    assert json.loads(out)["model"]["noise_sd"] == 2.0
    assert json.loads(out)["choice"]["by"] == "evidence"


@pytest.mark.parametrize("by", ["loo", "gcv", "cv"])
def test_choose_says_by_what(capsys: pytest.CaptureFixture[str], by: str) -> None:
    status, out, _ = run(
        capsys, "compare", "--choose", by, "--routes", "penalised", "--json"
    )
    assert status == 0
    assert json.loads(out)["choice"]["by"] == by


def test_scales_may_have_priors(capsys: pytest.CaptureFixture[str]) -> None:
    options = [
        "--noise-sd",
        "halfnormal:100",
        "--prior-sd",
        "HalfCauchy:20",
        "--routes",
        "penalised,map",
    ]
    status, out, _ = run(capsys, "compare", *options)
    assert status == 0
    for words in (
        "σ ~ HalfNormal(sd=100)",
        "τ ~ HalfCauchy(scale=20)",
        "penalty α: exact median 13.4",
        "log prior_sd",
    ):
        assert words in out
    _, out, _ = run(capsys, "compare", *options, "--json")
    result = json.loads(out)
    assert result["model"]["noise_sd"] == "priors.HalfNormal(sd=100)"
    assert result["model"]["penalty"] is None
    assert result["scales"]["noise_sd"]["50%"] == pytest.approx(54.29667, rel=1e-6)
    assert result["choice"] is None


def test_standardise_is_the_same_as_standardised_data(
    capsys: pytest.CaptureFixture[str], csv: Path
) -> None:
    options = [
        "compare",
        str(csv),
        "--target",
        "y",
        "--prior-sd",
        "1",
        "--noise-sd",
        "2",
        "--routes",
        "exact",
        "--json",
    ]
    rows = np.loadtxt(csv, delimiter=",", skiprows=1)
    raw = json.loads(run(capsys, *options)[1])["parameters"]
    scaled = json.loads(run(capsys, *options, "--standardise")[1])["parameters"]
    design = np.column_stack(
        [
            np.ones(30),
            (rows[:, :2] - rows[:, :2].mean(axis=0)) / rows[:, :2].std(axis=0),
        ]
    )
    expected = np.linalg.solve(
        design.T @ design + np.diag([0, 4, 4]), design.T @ rows[:, 2]
    )
    np.testing.assert_allclose(
        [scaled[name]["exact"] for name in ("intercept", "a", "b")],
        expected,
        rtol=1e-11,
    )
    assert raw["a"]["exact"] != scaled["a"]["exact"]


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_plot_is_written_whole(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"figure.{suffix}"
    status, out, _ = run(
        capsys, "compare", "--routes", "penalised", "--plot", str(path)
    )
    assert status == 0
    assert path.stat().st_size > 5000
    assert list(tmp_path.iterdir()) == [path]
    assert "Figure:" in out
    assert " ".join(out.split()).partition("Look next at the figure")[2][0] == "."


def test_a_failed_check_is_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(
        capsys, "compare", "--draws", "20", "--tune", "20", "--routes", "mcmc"
    )
    assert status == 1
    assert "FAIL" in out


def test_a_seed_repeats_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    first, again, other = (
        run(
            capsys,
            "compare",
            "--draws",
            "200",
            "--tune",
            "200",
            "--json",
            "--seed",
            seed,
        )[1]
        for seed in "332"
    )
    assert first == again
    assert first != other


BAD_INPUT = {
    "no file": (
        ["nowhere.csv", "--target", "y", "--prior-sd", "1", "--noise-sd", "1"],
        "cannot read nowhere.csv",
    ),
    "wrong column": (
        ["CSV", "--target", "z", "--prior-sd", "1", "--noise-sd", "1"],
        "has no column 'z'; its columns are",
    ),
    "no target": (
        ["CSV", "--prior-sd", "1", "--noise-sd", "1"],
        "with a file, --target must be given",
    ),
    "no noise sd": (
        ["CSV", "--target", "y", "--prior-sd", "1"],
        "--noise-sd must be given with --prior-sd, or neither",
    ),
    "target without file": (
        ["--target", "y"],
        "--target names a column of a table: give its file first",
    ),
    "a prior's name": (["--prior-sd", "halfcauchi:20"], "got 'halfcauchi:20'"),
    "a prior's number": (
        ["--prior-sd", "halfcauchy:much"],
        "--prior-sd must have the form halfcauchy:scale",
    ),
    "a prior's parameters": (
        ["--noise-sd", "halfstudentt:3"],
        "must have the form halfstudentt:df,scale with numbers",
    ),
    "flat takes none": (
        ["--noise-sd", "flat:3"],
        "--noise-sd must have no numbers after flat",
    ),
    "a parameter's sign": (
        ["--noise-sd", "halfnormal:-3"],
        "--noise-sd: HalfNormal sd must be positive and finite, got -3.0",
    ),
    "a choice of what is given": (
        ["--choose", "loo", "--prior-sd", "3"],
        "--choose chooses the prior sd",
    ),
    "an unknown criterion": (["--choose", "aic"], "Invalid value for '--choose'"),
    "hierarchical without a prior": (
        ["--choose", "hierarchical"],
        "--choose hierarchical needs a prior on the prior sd",
    ),
    "nothing but the file": (
        ["CSV"],
        "data.csv are a, b, y",
    ),
    "standardise without file": (
        ["--standardise"],
        "--standardise is for a table of your own",
    ),
    "sd beyond squares": (
        ["--prior-sd", "1e-200"],
        "--prior-sd must be between 1e-150 and 1e+150, got 1e-200",
    ),
    "negative sd": (
        ["--prior-sd", "-1"],
        "--prior-sd must be positive and finite, got -1.0",
    ),
    "infinite sd": (
        ["--noise-sd", "inf"],
        "--noise-sd must be positive and finite, got inf",
    ),
    "not a number": (
        ["--prior-sd", "wide"],
        "--prior-sd must be a number or a prior such as halfnormal:50",
    ),
    "route": (
        ["--routes", "ridge,lasso"],
        "--routes must be one of penalised, map, exact, mcmc; got 'lasso'",
    ),
    "engine": (["--engine", "stan"], "Invalid value for '--engine'"),
    "draws": (["--draws", "0"], "Invalid value for '--draws'"),
    "seed": (["--seed", "-1"], "Invalid value for '--seed'"),
    "option": (["--sigma", "1"], "No such option: --sigma"),
    "plot format": (
        ["--plot", "figure.docx"],
        "--plot must end in one of .png, .svg, .pdf; got 'figure.docx'",
    ),
    "plot folder": (
        ["--plot", "nowhere/figure.png"],
        "--plot: there is no folder 'nowhere'",
    ),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_is_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str],
    csv: Path,
    case: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(csv.parent)
    arguments, message = BAD_INPUT[case]
    status, out, err = run(
        capsys, "compare", *(str(csv) if word == "CSV" else word for word in arguments)
    )
    assert status == 2
    assert out == ""
    assert message in err
    assert err.startswith("bayes-l2: ")
    assert err.count("\n") == 1
    assert list(csv.parent.iterdir()) == [csv]


def test_too_few_draws_to_tell_are_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(
        capsys, "compare", "--draws", "3", "--tune", "10", "--routes", "mcmc", "--json"
    )
    assert (status, err) == (1, "")
    found = json.loads(out)
    assert found["passed"] is False
    last = found["checks"][-1]
    assert last["passed"] is False
    assert last["reason"] == "4 chains of 3 draws cannot tell; 2 of 4 are needed"


def test_a_warning_is_one_line_and_in_the_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def draws(*_: object) -> str:
        warnings.warn("so it goes", stacklevel=2)
        return "there is a reason"

    monkeypatch.setattr("bayes_l2.comparison.compare._mcmc", draws)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        status, out, err = run(capsys, "compare", "--json")
    assert (status, err) == (0, "bayes-l2: warning: so it goes\n")
    assert json.loads(out)["warnings"] == ["so it goes"]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version") == (0, f"bayes-l2 {bayes_l2.__version__}\n", "")


def test_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "compair")
    assert status == 2
    assert "No such command 'compair'" in err


@pytest.mark.parametrize(
    "arguments", [[], ["--help"], ["compare", "--help"], ["compare", "-h"]]
)
def test_help(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    status, out, _ = run(capsys, *arguments)
    assert status == 0
    expected = ["compare", "L2 regularisation is MAP"]
    if "compare" in arguments:
        options = (
            "--target --prior-sd --noise-sd --routes --engine --seed --json --plot "
            "--draws --tune --standardise"
        )
        expected = [*options.split(), "Exit status"]
    assert all(words in out for words in expected)


def test_interrupt_is_status_130(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt("interrupted before the first draw after tuning")

    monkeypatch.setattr("bayes_l2.comparison.compare.fit_mcmc", interrupted)
    status, _, err = run(capsys, "compare")
    assert (status, err) == (
        130,
        "bayes-l2: interrupted before the first draw after tuning\n",
    )


def test_two_classes_by_default_are_tumours(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(
        capsys,
        "compare",
        "--likelihood",
        "bernoulli",
        "--target",
        "benign",
        "--routes",
        "penalised,map",
    )
    assert status == 0
    order = [
        "Breast cancer data",
        "Penalty chosen by evidence (Laplace approximation): α = 0.5068",
        "P(y = True) = 1 / (1 + exp(-(a + Xb))), else y = False",
        "no exact posterior: the Bernoulli",
        "the MAP is the penalised fit",
        "checks passed",
    ]
    places = [out.index(text) for text in order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        (
            ["--likelihood", "categorical", "--prior-sd", "1"],
            "P(y = k) ∝ exp(a_k + Xb_k), k one of setosa, versicolor",
        ),
        (
            ["--likelihood", "laplace:43", "--prior", "laplace:14"],
            "Σ |y - a - Xb| / 43 + Σ|b| / 14",
        ),
        (["--likelihood", "laplace:43", "--prior", "flat"], "Σ |y - a - Xb| / 43"),
        (["--likelihood", "Laplace:43"], "Σ |y - a - Xb| / 43 + ½ α ||b||²"),
        (["--prior", "laplace:14"], "||y - a - Xb||² / 2σ² + Σ|b| / 14"),
        (["--prior", "flat"], "||y - a - Xb||²"),
    ],
)
def test_losses_and_penalties_by_name(
    capsys: pytest.CaptureFixture[str], options: list[str], seen: str
) -> None:
    status, out, _ = run(capsys, "compare", *options, "--routes", "penalised,map")
    assert status == 0
    assert seen in out


def test_labels_of_a_csv_are_text_or_numbers(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = np.random.default_rng(0).standard_normal((30, 2))
    for labels, classes in (
        (["no", "yes"], "y = yes"),
        (["0", "1"], "y = 1"),
        (["10", "9"], "y = 10"),
    ):
        path = tmp_path / "labels.csv"
        path.write_text(
            "a,b,y\n"
            + "\n".join(f"{a},{b},{labels[i % 2]}" for i, (a, b) in enumerate(rows))
            + "\n"
        )
        status, out, err = run(
            capsys,
            "compare",
            str(path),
            "--target",
            "y",
            "--likelihood",
            "bernoulli",
            "--routes",
            "penalised,map",
        )
        assert (status, err) == (0, "")
        assert f"P({classes})" in out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--likelihood", "probit"],
            "must be one of normal, laplace, bernoulli, categorical, poisson, got "
            "'probit'",
        ),
        (
            ["--likelihood", "laplace"],
            "--likelihood must have the form laplace:scale with numbers, got 'laplace'",
        ),
        (
            ["--likelihood", "bernoulli:2"],
            "--likelihood must have no numbers after bernoulli, got 'bernoulli:2'",
        ),
        (
            ["--likelihood", "laplace:two"],
            "must have the form laplace:scale with numbers, got 'laplace:two'",
        ),
        (
            ["--likelihood", "laplace:-2"],
            "--likelihood: scale must be positive and finite, got -2.0",
        ),
        (
            ["--prior", "laplace"],
            "--prior must have the form laplace:scale with numbers, got 'laplace'",
        ),
        (
            ["{csv}", "--target", "y", "--prior", "lasso"],
            "--prior must be one of normal, laplace, elasticnet, flat, got 'lasso'",
        ),
        (
            ["--prior", "flat", "--prior-sd", "2"],
            "--prior-sd is of the normal prior: give it or --prior, not both",
        ),
        (
            ["--likelihood", "bernoulli", "--noise-sd", "2"],
            "--noise-sd is for --likelihood normal, got it with bernoulli",
        ),
        (
            ["--likelihood", "bernoulli", "--choose", "loo"],
            "--choose must be evidence for --likelihood bernoulli, got loo",
        ),
        (
            ["--prior", "laplace:2", "--choose", "loo"],
            "--choose needs a normal prior without --prior-sd",
        ),
        (
            ["--likelihood", "bernoulli", "--prior", "flat"],
            "a plane separates the two classes",
        ),
        (
            ["--likelihood", "bernoulli", "--prior-sd", "flat"],
            "--prior-sd must be a number with this likelihood or prior",
        ),
        (
            ["--likelihood", "categorical", "--target", "x"],
            "and that of these data is species",
        ),
        (
            ["{csv}", "--target", "y", "--likelihood", "laplace:2"],
            "--prior-sd must be given with a file",
        ),
        (["{csv}", "--target", "y", "--likelihood", "bernoulli"], "is it a number?"),
    ],
)
def test_bad_losses_and_penalties(
    capsys: pytest.CaptureFixture[str], csv: Path, options: list[str], message: str
) -> None:
    status, out, err = run(
        capsys, "compare", *[option.replace("{csv}", str(csv)) for option in options]
    )
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_a_new_term_is_one_entry_of_a_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bayes_l2.cli.problem import terms

    double = terms.Term(likelihoods.Laplace)
    monkeypatch.setitem(terms.LIKELIHOODS, "absolute", double)
    monkeypatch.setitem(terms.PRIORS, "lasso", terms.Term(priors.Laplace))
    options = ["--likelihood", "absolute:43", "--prior", "lasso:14"]
    status, out, _ = run(capsys, "compare", *options, "--routes", "penalised,map")
    assert status == 0
    assert "Σ |y - a - Xb| / 43 + Σ|b| / 14" in out
    _, _, err = run(capsys, "compare", "--prior", "lasso:1,2")
    assert "--prior must have the form lasso:scale with numbers" in err


@pytest.mark.parametrize("option", ["--likelihood", "--prior"])
def test_a_normal_term_takes_its_sd_from_another_option(
    capsys: pytest.CaptureFixture[str], option: str
) -> None:
    status, out, err = run(capsys, "compare", option, "normal:3")
    assert (status, out) == (2, "")
    assert f"{option} must have no numbers after normal, got 'normal:3'" in err


def test_meaning_comes_after_the_table_and_in_the_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    options = ["compare", "--routes", "map", "--meaning"]
    status, out, _ = run(capsys, *options)
    assert status == 0
    said = out.partition("This penalty says, before any data:")[2]
    assert "checks passed" in out
    assert "checks passed" not in said
    assert max(map(len, said.splitlines())) <= 80
    meaning = penalty_meaning(default_diabetes())
    assert str(meaning) in out
    _, out, _ = run(capsys, *options, "--json")
    assert json.loads(out)["meaning"] == json.loads(json.dumps(meaning.to_dict()))
    _, out, _ = run(capsys, *options[:-1], "--json")
    assert "meaning" not in json.loads(out)


def default_diabetes() -> LinearModel:
    X, y = datasets.diabetes()
    return LinearModel(
        X, y, likelihood=likelihoods.Normal(54.0), prior=priors.Normal(20.0)
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            ["--likelihood", "bernoulli", "--prior-sd", "1"],
            "--meaning is for --likelihood normal with",
        ),
        (["--prior", "flat"], "--meaning is for --likelihood normal with"),
        (["--prior-sd", "halfcauchy:20"], "got a prior on prior_sd; --choose evidence"),
    ],
)
def test_a_model_without_a_meaning_is_refused_before_it_is_fitted(
    capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    status, out, err = run(capsys, "compare", *options, "--meaning")
    assert (status, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
