#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Writes the .tl files of this folder from a table of facts; for the day a new layer comes.

    from_table.py TABLE OUT

TABLE is a tab-separated file with the columns kind, name, id, parameters, result, id_rule. What it
holds is told from its contents:
  * a table with a column `layer` in front: OUT/compat/<layer>.tl, what an older layer has other
    than the newest one;
  * the table with resPQ: OUT/mtproto.tl;
  * else a layer of the API, its number the last number of the file's name: OUT/api/<namespace>.tl,
    names without a namespace in OUT/api/base.tl.
Rows of additions.tsv (beside this script) that name the table are added to it. No build and no test
calls this script.
"""
import collections
import pathlib
import re
import sys
import zlib

VECTOR = "vector#1cb5c415 {t:Type} # [ t ] = Vector t;"


def read_rows(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    columns = lines[0].split("\t")
    for line in lines[1:]:
        values = line.split("\t")
        if len(values) not in (len(columns), len(columns) - 1):
            sys.exit(f"{path.name}: {len(values)} columns in: {line}")
        yield dict(zip(columns, values + [""]))


def additions_to(table):
    path = pathlib.Path(__file__).with_name("additions.tsv")
    return [row for row in read_rows(path) if row["table"] == table]


def id_by_rule(row):
    """CRC32 of the declaration in its canonical spelling."""
    text = f" {row['name']} {row['parameters']} = {row['result']}".replace("  ", " ")
    text = text.replace(":bytes ", ":string ").replace("?bytes ", "?string ")
    text = re.sub(r"[{}>]", "", text.replace("<", " "))
    text = re.sub(r" \w+:\w+\.\d+\?true", "", text)
    return f"{zlib.crc32(text.strip().encode()):08x}"


def declaration(row):
    words = [f"{row['name']}#{row['id']}", row["parameters"], "=", row["result"]]
    line = " ".join(word for word in words if word) + ";"
    marks = []
    if id_by_rule(row) != row["id"]:
        marks.append("// FIXED")
    if row.get("unanswered"):
        marks.append("// UNANSWERED")
    return "\n".join(marks + [line])


def text_of(about, layer, builtin, rows):
    kinds = {"type": [], "function": []}
    for row in rows:
        kinds[row["kind"]].append(declaration(row))
    lines = [f"// {about}"]
    if layer:
        lines.append(f"// LAYER {layer}")
    lines += [""] + builtin + kinds["type"]
    if kinds["function"]:
        lines += ["", "---functions---", ""] + kinds["function"]
    return "\n".join(lines) + "\n"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(path)


def write_compat(rows, out):
    layers = collections.defaultdict(list)
    for row in rows:
        layers[row["layer"]].append(row)
    for layer, own in layers.items():
        about = f"What layer {layer} has other than the newest layer, by name."
        write(out / "compat" / f"{layer}.tl",
              text_of(about, layer, [], own + additions_to(layer)))


def write_mtproto(rows, out):
    rows = rows + additions_to("mtproto")
    answered = {row["result"] for row in rows if row["kind"] == "type"}
    for row in rows:
        row["unanswered"] = row["kind"] == "function" and row["result"] not in answered
    about = "MTProto's own messages: key exchange, envelope, service messages."
    write(out / "mtproto.tl", text_of(about, None, [VECTOR], rows))


def write_api(rows, out, layer):
    spaces = collections.defaultdict(list)
    for row in rows:
        name = row["name"]
        spaces[name.split(".")[0] if "." in name else "base"].append(row)
    for space, own in spaces.items():
        about = "Names without a namespace." if space == "base" else f"The namespace {space}."
        builtin = [VECTOR] if space == "base" else []
        write(out / "api" / f"{space}.tl", text_of(about, layer, builtin, own))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    table, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    rows = list(read_rows(table))
    if "layer" in rows[0]:
        write_compat(rows, out)
    elif any(row["name"] == "resPQ" for row in rows):
        write_mtproto(rows, out)
    else:
        write_api(rows, out, re.findall(r"\d+", table.name)[-1])


main()
