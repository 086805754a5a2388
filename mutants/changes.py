"""The mutants of a module: small changes of its functions, each named by its text.

The name of a mutant is its module, its function and the changed statement, such as
``return 0.5 [[* → /]] z ** 2``. Edits elsewhere in the file leave the name as it is.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import ascii_letters, digits
from types import CodeType
from typing import Any

type Spot = tuple[ast.AST, Any, Any]  # a statement, and the node's container and key

OPERATORS: dict[type[ast.AST], Any] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
PAIRS = [("min", "max"), ("minimum", "maximum"), ("any", "all"), ("floor", "ceil")]
PAIRS += [("argmin", "argmax"), ("log1p", "log"), ("expm1", "exp")]
NAMES = dict(PAIRS) | {new: old for old, new in PAIRS}
UNTOUCHED = {"annotation", "pattern", "args", "decorator_list", "returns"}
WORD = ascii_letters + digits + "._"
CONTEXT = 60  # characters of the statement that a name holds on each side of the change


@dataclass
class Mutant:
    """One change of one module; ``lines`` are those of the statement, as bits."""

    module: str
    function: str
    change: str
    lines: int
    tree: ast.Module
    container: Any
    key: Any
    new: ast.AST

    @property
    def name(self) -> tuple[str, str, str]:
        """Return what tells the mutant from all others."""
        return self.module, self.function, self.change

    def compiled(self, path: Path) -> CodeType:
        """Return the code of the module with the change."""
        with_old = self.container[self.key]
        self.container[self.key] = self.new
        try:
            return compile(self.tree, str(path), "exec")
        finally:
            self.container[self.key] = with_old


def mutants_of(path: Path, module: str, left_out: set[str]) -> list[Mutant]:
    """Return the mutants of a module; keywords and calls may be left out by name."""
    tree = ast.parse(path.read_text("utf-8"))
    seen: Counter[tuple[str, str]] = Counter()
    mutants = list[Mutant]()
    for function, node in _functions(tree, ""):
        for unit, container, key in _spots(node, node, left_out):
            old, before = container[key], _header(unit)
            for new in _replacements(old, left_out):
                ast.fix_missing_locations(ast.copy_location(new, old))
                container[key] = new
                after = _header(new if unit is old else unit)
                container[key] = old
                change = _difference(before, after)
                seen[function, change] += 1
                if seen[function, change] > 1:
                    change = f"{change} #{seen[function, change]}"
                place = function, change, _mask(unit)
                mutants.append(Mutant(module, *place, tree, container, key, new))
    return mutants


def _functions(node: Any, prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for child in node.body:
        if isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef):
            yield prefix + child.name, child


def _spots(node: ast.AST, unit: Any, left_out: set[str]) -> Iterator[Spot]:
    """Yield the nodes of a function that may be replaced, each with its statement."""
    for field, value in ast.iter_fields(node):
        if isinstance(node, ast.Call) and field == "args":
            pass  # of a call, not of a definition
        elif field in UNTOUCHED:
            continue
        keys = range(len(value)) if isinstance(value, list) else [field]
        container: Any = value if isinstance(value, list) else vars(node)
        for key in keys:
            child = container[key]
            if not isinstance(child, ast.AST) or _is_left_out(child, left_out):
                continue
            units = ast.stmt | ast.match_case | ast.ExceptHandler
            within = child if isinstance(child, units) else unit
            yield within, container, key
            yield from _spots(child, within, left_out)


def _is_left_out(node: ast.AST, left_out: set[str]) -> bool:
    """Return whether a node only words an error, or is left out by its name."""
    if isinstance(node, ast.keyword) and node.arg in left_out:
        return True
    if isinstance(node, ast.Expr):
        node = node.value
    called = _called(node) if isinstance(node, ast.Call) else ""
    return isinstance(node, ast.Raise) or called in left_out


def _called(call: ast.Call) -> str:
    function = call.func
    return getattr(function, "attr", None) or getattr(function, "id", "")


def _replacements(node: Any, left_out: set[str]) -> Iterator[ast.AST]:
    """Yield what may stand in the place of a node."""
    match node:
        case ast.BinOp(left, op, right) if type(op) in OPERATORS:
            if not any(isinstance(x, ast.JoinedStr) or _text(x) for x in (left, right)):
                yield ast.BinOp(left, OPERATORS[type(op)](), right)
        case ast.AugAssign(target, op, value) if type(op) in OPERATORS:
            yield ast.AugAssign(target, OPERATORS[type(op)](), value)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(OPERATORS[type(op)](), values)
        case ast.Compare(left, ops, rights):
            for i, op in enumerate(ops):
                new = [*ops[:i], OPERATORS[type(op)](), *ops[i + 1 :]]
                yield ast.Compare(left, new, rights)
        case ast.UnaryOp(_, operand):
            yield operand
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.Attribute(value, "T"):
            yield value
        case ast.Attribute(value, name, context) if name in NAMES:
            yield ast.Attribute(value, NAMES[name], context)
        case ast.Name(name, context) if name in {"min", "max", "any", "all"}:
            yield ast.Name(NAMES[name], context)
        case ast.Call(function, arguments, keywords):
            for keyword in keywords:
                if keyword.arg and keyword.arg not in left_out:
                    rest = [k for k in keywords if k is not keyword]
                    yield ast.Call(function, arguments, rest)
        case ast.Expr(ast.Call()):
            yield ast.Pass()
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case ast.If(test, body, orelse) if not isinstance(test, ast.Compare):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.IfExp(test, body, orelse) if not isinstance(test, ast.Compare):
            yield ast.IfExp(ast.UnaryOp(ast.Not(), test), body, orelse)
        case _:
            pass


def _text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _header(unit: ast.AST) -> str:
    """Return a statement in one line; of a statement with a body, only its head."""
    lines = ast.unparse(unit).splitlines()
    return lines[0] if hasattr(unit, "body") else " ".join(map(str.strip, lines))


def _mask(unit: Any) -> int:
    """Return the lines of a statement as bits; with a body, those of its head."""
    first = getattr(unit, "lineno", None) or unit.pattern.lineno
    body = getattr(unit, "body", None)
    last = max(first, body[0].lineno - 1) if body else unit.end_lineno
    if isinstance(unit, ast.Match):
        last = unit.subject.end_lineno or first
    return (1 << (last + 1)) - (1 << first)


def _difference(before: str, after: str) -> str:
    """Return a statement with the words that change, as ``[[old → new]]``."""
    start, end = 0, 0
    while before[start : start + 1] == after[start : start + 1] != "":
        start += 1
    shorter = min(len(before), len(after)) - start
    while end < shorter and before[-1 - end] == after[-1 - end]:
        end += 1

    while start and _is_within_word(before, start) | _is_within_word(after, start):
        start -= 1
    while end and any(_is_within_word(x, len(x) - end) for x in (before, after)):
        end -= 1
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    left, right = before[:start], before[len(before) - end :]
    left = left if len(left) <= CONTEXT else "… " + left[-CONTEXT:].lstrip()
    right = right if len(right) <= CONTEXT else right[:CONTEXT].rstrip() + " …"
    return f"{left}[[{old} → {new}]]{right}"


def _is_within_word(text: str, place: int) -> bool:
    """Return whether a name, a number or an operator goes on at a place."""
    left, right = text[place - 1 : place], text[place : place + 1]
    return any(
        left and right and not (set(left + right) - set(characters))
        for characters in (WORD, "*/<>=!+-&|@%")
    )
