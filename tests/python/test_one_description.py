"""Header, exports and ctypes say the same: functions, parameters, struct sizes and offsets."""

from __future__ import annotations

import ctypes as C
import re
import shutil
import subprocess
from pathlib import Path
from typing import Dict, List, Tuple

import pytest
from conftest import ROOT

from embedengine import _layouts as L, _sources, errors
from embedengine._library import lib

HEADER = ROOT / "include" / "embed_engine.h"
STRICT = ("-Wall", "-Wextra", "-Wpedantic", "-Werror")


def _source() -> str:
    text = re.sub(r"/\*.*?\*/", " ", HEADER.read_text(), flags=re.S)
    return re.sub(r"^\s*#.*$", "", text, flags=re.M)


def prototypes() -> Dict[str, Tuple[str, List[str]]]:
    found = {}
    for result, name, parameters in re.findall(
            r"(const char \*|ee_status |int32_t |uint64_t )(ee_\w+)\(([^)]*)\);", _source()):
        declared = [] if parameters.strip() == "void" else parameters.split(",")
        types = [" ".join(p.split()).rsplit(" ", 1)[0] + ("*" if "*" in p else "") for p in declared]
        found[name] = (result.strip(), types)
    return found


def structs() -> Dict[str, List[str]]:
    found = {}
    for body, name in re.findall(r"typedef struct \w+ \{([^}]*)\} (\w+);", _source()):
        found[name] = [re.findall(r"(\w+)$", field.strip())[0] for field in body.split(";") if field.strip()]
    return found


def c_kind(declared: str) -> str:
    """The machine's view of a C type: what a call must agree on."""
    if "*" in declared:
        return "pointer"
    base = declared.replace("const ", "").strip()
    return {
        "int32_t": "i32", "ee_status": "i32", "int64_t": "i64", "uint64_t": "u64", "ee_engine": "u64",
        "ee_model": "u64", "ee_filter": "u64",
        "ee_progress": "pointer", "uint8_t": "u8", "uint32_t": "u32", "double": "f64", "float": "f32",
    }[base]


def ctypes_kind(kind: object) -> str:
    return {C.c_int32: "i32", C.c_int64: "i64", C.c_uint64: "u64", C.c_void_p: "pointer",
        C.c_char_p: "pointer",
            L.Progress: "pointer"}[kind]  # type: ignore[index]


def test_functions_of_header_and_python() -> None:
    header = prototypes()
    assert set(header) == set(L.PROTOTYPES)
    for name, (result, parameters) in header.items():
        restype, argtypes = L.PROTOTYPES[name]
        assert c_kind(result) == ctypes_kind(restype), name
        assert [c_kind(p) for p in parameters] == [ctypes_kind(a) for a in argtypes], name


@pytest.mark.skipif(shutil.which("nm") is None, reason="nm is not installed")
def test_functions_of_header_and_library() -> None:
    command = ["nm", "-D", "--defined-only", lib._name]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    exported = {line.split()[-1].split("@")[0] for line in listed.splitlines() if " T " in line}
    assert exported == set(prototypes())


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
def test_layouts_of_c_and_python(tmp_path: Path) -> None:
    header = structs()
    assert set(header) - {"ee_engine", "ee_model", "ee_filter"} == set(L.STRUCTS)
    lines, expected = [], []
    for name, layout in L.STRUCTS.items():
        assert [f[0] for f in layout._fields_] == header[name], name
        lines.append(f'printf("%zu\\n", sizeof({name}));')
        expected.append((name, C.sizeof(layout)))
        for field, *_ in layout._fields_:
            lines.append(f'printf("%zu\\n", offsetof({name}, {field}));')
            expected.append((f"{name}.{field}", getattr(layout, field).offset))
            lines.append(f'printf("%zu\\n", sizeof((({name} *)0)->{field}));')
            expected.append((f"sizeof {name}.{field}", getattr(layout, field).size))
    source = tmp_path / "layout.c"
    source.write_text(
        '#include <embed_engine.h>\n#include <stdio.h>\nint main(void) {\n' + "\n".join(lines)
        + "\nreturn 0; }\n")
    program = tmp_path / "layout"
    subprocess.run(
        ["gcc", "-std=c99", *STRICT, f"-I{HEADER.parent}", str(source), "-o", str(program)], check=True)
    found = subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout.split()
    assert [(name, int(n)) for (name, _), n in zip(expected, found)] == expected


@pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")
def test_header_is_clean_cpp(tmp_path: Path) -> None:
    source = tmp_path / "clean.cpp"
    source.write_text('#include <embed_engine.h>\nint main() { return ee_abi_version() < 1; }\n')
    subprocess.run(
        ["g++", "-std=c++11", *STRICT, "-fsyntax-only", f"-I{HEADER.parent}", str(source)], check=True)


def test_constants() -> None:
    values = {name: int(v) for name, v in re.findall(r"\b(EE_\w+) = (-?\d+)", _source())}
    for code, kind in errors.BY_CODE.items():
        assert values[kind.name] == code
        assert lib.ee_status_name(code).decode() == kind.name
    named = {n for n in values if n.startswith("EE_E_")} - {"EE_E_INTERNAL"}
    assert named == {kind.name for kind in errors.BY_CODE.values()}
    assert lib.ee_source_name(-1) is None and lib.ee_source_name(32) is None
    tables = {"SOURCE": _sources.numbers(), "SEEN": L.SEEN, "PRESET": L.PRESETS, "PROTOCOL": L.PROTOCOLS,
        "VERIFY": L.VERIFY,
              "FORMAT": L.FORMATS, "EXPORT": L.EXPORTS, "FILE": L.FILES, "DIVERSITY": L.DIVERSITY}
    for prefix, table in tables.items():
        start = f"EE_{prefix}_"
        in_header = {n[len(start):].lower(): v for n, v in values.items() if n.startswith(start)}
        assert in_header == table, prefix


def test_csharp_options_match() -> None:
    """The C# structs are internal; their sizes show in what the init functions write."""
    for name in ("open", "import", "train", "evaluate", "recommend", "export", "vector_import", "inspect",
                 "recommend_file"):
        layout = L.STRUCTS[f"ee_{name}_options"]()
        assert getattr(lib, f"ee_{name}_options_init")(C.addressof(layout)) == 0
        assert layout.struct_size == C.sizeof(layout)
