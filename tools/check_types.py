#!/usr/bin/env python3
"""Finds types of one name that are defined in two files of src/.

A class, struct, union or enumeration outside anonymous namespaces belongs to the whole program, also in a .cpp: two
definitions of one name are undefined behaviour that neither compiler nor linker has to tell.

Usage: check_types.py REPOSITORY     every problem on a line, exit code 1 if there is one
       check_types.py --self-test    sources with and without a fault
"""
import re
import sys
from pathlib import Path

# What is no code, or holds a brace or quote that is none. A preprocessor line may go on after a backslash.
NOT_CODE = re.compile(
    r'(?P<raw>R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)")|(?P<text>"(?:\\.|[^"\\\n])*")|(?P<line>//[^\n]*)|(?P<block>/\*.*?\*/)'
    r"|(?P<number>\b\d[\w.']*)|(?P<char>'(?:\\.|[^'\\\n])+')|(?P<directive>^[ \t]*#(?:\\\n|[^\n])*)",
    re.DOTALL | re.MULTILINE)
TOKEN = re.compile(r"\w+|::|\[\[|\]\]|[^\s\w]")
KINDS = ("class", "struct", "union", "enum")


def tokens_of(text):
    """(line, token) of what is code."""
    code = NOT_CODE.sub(lambda match: "0" + "\n" * match[0].count("\n") if match.lastgroup not in ("line", "block", "directive")
                        else " " + "\n" * match[0].count("\n"), text)
    for match in TOKEN.finditer(code):
        yield code.count("\n", 0, match.start()) + 1, match[0]


def without_brackets(tokens, opening, closing):
    """Drops the first bracketed part, if the tokens begin with one."""
    if not tokens or tokens[0] != opening:
        return tokens
    depth = 0
    for place, token in enumerate(tokens):
        depth += (token == opening) - (token == closing)
        if depth == 0:
            return tokens[place + 1:]
    return []


def type_name(head):
    """The name that the words before a brace define as a type, or nothing."""
    while head and head[0] == "template":
        head = without_brackets(head[1:], "<", ">")
    if not head or head[0] not in KINDS or "(" in head:
        return None
    head = head[1:]
    if head and head[0] in ("class", "struct"):  # enum class
        head = head[1:]
    head = without_brackets(head, "[[", "]]")
    end = next((place for place, token in enumerate(head) if token in (":", "final")), len(head))
    return "".join(head[:end]) or None  # with the arguments of a specialisation


def scope_of(head):
    """What a brace opens: ("namespace", name), ("hidden", ""), ("type", name) or ("other", "")."""
    words = head[1:] if head[:1] == ["inline"] else head
    if words[:1] == ["namespace"]:
        return ("namespace", "".join(words[1:])) if len(words) > 1 else ("hidden", "")
    name = type_name(head)
    return ("type", name) if name else ("other", "")


def types_of(text):
    """(line, full name) of every type that is defined at the scope of a namespace with a name, or of none."""
    scopes, head = [], []
    for line, token in tokens_of(text):
        if token == "{":
            kind, name = scope_of(head)
            if kind == "type" and all(outer == "namespace" for outer, _ in scopes):
                yield line, "::".join([name for _, name in scopes] + [name])
            scopes.append((kind, name))
        elif token == "}" and scopes:
            scopes.pop()
        elif token != ";":
            head.append(token)
            continue
        head = []


def check(sources):
    """Problems of {file name: text}."""
    places = {}
    for name, text in sorted(sources.items()):
        for line, type_ in types_of(text):
            places.setdefault(type_, {}).setdefault(name, line)
    for type_, files in sorted(places.items()):
        if len(files) > 1:
            where = ", ".join(f"{name}:{line}" for name, line in files.items())
            yield f"{type_} is defined in {where}: put all but one into an anonymous namespace, or give it another name"


def check_tree(root):
    files = [path for path in (root / "src").rglob("*") if path.suffix in (".h", ".cpp")]
    return list(check({path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in files}))


OTHER = "namespace a {\nstruct Row { int x; };\n}\n"
# (source beside OTHER, whether Row is then defined twice)
CASES = [
    ("namespace a { struct Row { int y; }; }", True),
    ("namespace a {\nint f() { return 1; }\nclass Row final : public Base<int> {\n};\n}", True),
    ("namespace a { enum class Row : int { one }; }", True),
    ("namespace a { enum class [[nodiscard]] Row { one }; }", True),
    ("namespace a { template <class T, class U = X<T>> struct Row { }; }", True),
    ('namespace a { const char* brace = "}"; const char other = \'}\'; int n = 1\'000; // }\n struct Row { }; }', True),
    ('namespace a { const char* raw = R"(}" })"; struct Row { }; }', True),
    ("#define OPEN {\nnamespace a { struct Row { }; }", True),
    ("namespace a { namespace { struct Row { }; } }", False),
    ("namespace { namespace a { struct Row { }; } }", False),
    ("namespace b { struct Row { }; }", False),
    ("namespace a::b { struct Row { }; }", False),
    ("struct Row { };", False),
    ("namespace a { struct Row; struct Other { Row* row; }; }", False),
    ("namespace a { void f() { struct Row { }; } }", False),
    ("namespace a { struct Other { struct Row { }; }; }", False),
    ("namespace a { template <> struct Row<int> { }; }", False),
    ("namespace a { struct Row make(int x) { return {x}; } }", False),
    ("namespace a { Row row{1}; const Row more = {2}; }", False),
    ("namespace a { /* struct Row { }; */ }", False),
]


def self_test():
    """Problems of this script itself."""
    problems = []
    for text, twice in CASES:
        found = list(check({"src/one.h": OTHER, "src/two.cpp": text}))
        right = len(found) == 1 and "a::Row is defined in src/one.h:2, src/two.cpp:" in found[0] if twice else not found
        if not right:
            problems.append(f"self-test: {'one problem' if twice else 'no problem'} expected of {text!r}, found {found}")
    return problems


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    problems = self_test() if sys.argv[1] == "--self-test" else check_tree(Path(sys.argv[1]))
    print("\n".join(problems) or "types: no problem")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
