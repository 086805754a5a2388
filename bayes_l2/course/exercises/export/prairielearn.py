"""Questions as folders of PrairieLearn, one for each exercise.

A folder holds the numbers of all seeds in a file of its own. So the server needs no
package beyond Python. The variant that PrairieLearn draws decides on the seed.
https://docs.prairielearn.com/question/overview/ describes such folders.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bayes_l2.course.exercises.exercise import TOLERANCE
from bayes_l2.course.exercises.export.packing import packed
from bayes_l2.course.exercises.export.question import Question, identifier

PAGE = f"""<pl-question-panel>
  <p>{{{{params.text}}}}</p>
</pl-question-panel>
<pl-number-input answers-name="answer" comparison="relabs" rtol="{TOLERANCE}" atol="0">
</pl-number-input>
<pl-submission-panel>
  <p>{{{{feedback.answer}}}}</p>
</pl-submission-panel>
<pl-answer-panel>
  <pre>{{{{params.derivation}}}}</pre>
</pl-answer-panel>
"""
SERVER = '''"""Draw a question from variants.json, and name a mistake by its number."""

import json
from pathlib import Path


def generate(data):
    """Take the question that the seed of the variant stands for."""
    path = Path(data["options"]["question_path"]) / "variants.json"
    variants = json.loads(path.read_text(encoding="utf-8"))
    drawn = variants[int(data["variant_seed"]) % len(variants)]
    data["params"].update(drawn)
    data["correct_answers"]["answer"] = drawn["answers"][0]["value"]


def grade(data):
    """Name the mistake. The score is that of the input field."""
    number = data["submitted_answers"].get("answer")
    if number is None:
        return
    for known in data["params"]["answers"]:
        if abs(number - known["value"]) <= known["tolerance"]:
            data["feedback"]["answer"] = known["feedback"]
            return
    data["feedback"]["answer"] = data["params"]["other"]
'''


def prairielearn(sets: Mapping[str, Sequence[Question]]) -> bytes:
    """Return a zip file of question folders, for the folder ``questions``."""
    files: dict[str, str] = {}
    for name, several in sets.items():
        place = f"bayes_l2/{name}"
        files[f"{place}/info.json"] = _json(
            {
                "uuid": identifier("prairielearn", name),
                "title": name.replace("-", " "),
                "topic": several[0].chapter,
                "tags": ["bayes_l2"],
                "type": "v3",
            }
        )
        files[f"{place}/question.html"] = PAGE
        files[f"{place}/server.py"] = SERVER
        files[f"{place}/variants.json"] = _json([_variant(each) for each in several])
    return packed({name: text.encode() for name, text in files.items()})


def _variant(question: Question) -> dict[str, Any]:
    answers = [
        {"value": each.value, "tolerance": each.tolerance, "feedback": each.feedback}
        for each in (question.right, *question.mistakes)
    ]
    return {
        "seed": question.seed,
        "text": question.text,
        "answers": answers,
        "other": question.other,
        "derivation": question.derivation,
    }


def _json(record: object) -> str:
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"
