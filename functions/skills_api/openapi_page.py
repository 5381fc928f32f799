"""The OpenAPI document as one page to read: no script, no outside resource, readable on a phone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from functions.skills_api.openapi_shapes import Document, MediaType, Operation
from shared.kernel.json_schema import Schema

_STYLE = """
:root{color-scheme:light dark;--line:#d9dde5;--soft:#f4f6fa;--ink:#1b2330;--dim:#5b6678;--page:#fff;--accent:#2456c7;
--get:#1f6f43;--post:#2456c7;--put:#8a5a00;--delete:#a12626}
@media (prefers-color-scheme:dark){:root{--line:#333b49;--soft:#1b212c;--ink:#e6eaf1;--dim:#9aa6b8;--page:#12161e;
--accent:#8fb1ff;--get:#7fd0a2;--post:#8fb1ff;--put:#e3b45f;--delete:#f09a9a}}
*{box-sizing:border-box}
body{font:16px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--page);max-width:64rem;margin:0 auto;
padding:1.5rem 1rem 4rem}
h1{margin:.2rem 0 .6rem;font-size:1.9rem;letter-spacing:-.01em}
h2{margin:2.6rem 0 .8rem;font-size:1.25rem;scroll-margin-top:1rem}
h3{margin:1.4rem 0 .4rem;font-size:.95rem}
p{margin:.5rem 0}
a{color:var(--accent)}
nav{display:flex;flex-wrap:wrap;gap:.3rem 1rem;padding:.7rem 0;border-block:1px solid var(--line)}
details{border:1px solid var(--line);border-radius:.6rem;margin:.5rem 0;overflow:hidden}
details[open]>summary{background:var(--soft);border-bottom:1px solid var(--line)}
summary{cursor:pointer;padding:.6rem .9rem;display:grid;grid-template-columns:4.6rem 1fr;gap:0 .6rem;
align-items:baseline}
summary:focus-visible{outline:3px solid var(--accent);outline-offset:-3px}
summary small{grid-column:2;color:var(--dim);font-size:.9rem}
.inside{padding:.3rem .9rem 1rem}
code,pre{font:14px/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
pre{overflow:auto;background:var(--soft);padding:.8rem;border-radius:.5rem;white-space:pre}
.method{font:700 13px/1.5 ui-monospace,monospace}
.get{color:var(--get)}.post{color:var(--post)}.put{color:var(--put)}.delete{color:var(--delete)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:.4rem 0;font-size:.93rem}
td,th{text-align:left;border-bottom:1px solid var(--line);padding:.35rem .8rem .35rem 0;vertical-align:top}
th{color:var(--dim);font-weight:600;white-space:nowrap}
td:nth-child(3){min-width:14rem}
td:first-child code{white-space:nowrap}
.about{max-width:46rem}
.optional{color:var(--dim);font-size:.85em}
"""


def page(document: Document) -> str:
    """Returns the document as HTML."""
    info = document["info"]
    tags = [tag["name"] for tag in document["tags"]]
    parts = [
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(info['title'])} API</title><style>{_STYLE}</style></head><body>",
        f"<header><h1>{escape(info['title'])} API</h1>{_words(info['description'])}",
        '<p>For machines: <a href="openapi.json">openapi.json</a></p></header>',
        '<nav aria-label="Sections">',
        *(f'<a href="#{_slug(tag)}">{escape(tag)}</a>' for tag in tags),
        '<a href="#schemas">Schemas</a></nav><main>',
    ]
    for tag in tags:
        parts.append(f'<section aria-labelledby="{_slug(tag)}"><h2 id="{_slug(tag)}">{escape(tag)}</h2>')
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if tag in operation["tags"]:
                    parts.append(_operation(document, path, method, operation))
        parts.append("</section>")
    parts.append('<section aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>')
    for name, definition in sorted(document["components"]["schemas"].items()):
        parts.append(
            f'<details id="schema-{escape(name)}"><summary><span class="method">schema</span>'
            f"<code>{escape(name)}</code>"
            f'</summary><div class="inside">{_fields(definition)}</div></details>'
        )
    parts.append("</section></main></body></html>\n")
    return "".join(parts)


def _operation(document: Document, path: str, method: str, operation: Operation) -> str:
    parts = [
        f'<details id="{escape(operation["operationId"])}"><summary>',
        f'<span class="method {method}">{method.upper()}</span><code>{escape(path)}</code>',
        f'<small>{escape(operation["summary"])}</small></summary><div class="inside">',
        f"<p>{escape(operation['description'])}</p>",
    ]
    if operation.get("parameters"):
        rows = [
            (_name(p["name"], p["required"]), f"{escape(_type(p['schema']))}, in {p['in']}", p.get("description", ""))
            for p in operation["parameters"]
        ]
        parts.append(f"<h3>Parameters</h3>{_table(('Parameter', 'Type', 'Meaning'), rows)}")
    body = operation.get("requestBody")
    for content_type, content in body["content"].items() if body else ():
        schema = content["schema"]
        several = any(option.get("type") == "array" for option in schema.get("oneOf", ()))
        listed = " – one, or a list of up to 500" if several else ""
        one: MediaType = {**content, "schema": schema["oneOf"][0] if "oneOf" in schema else schema}
        heading = f"Body <code>{escape(content_type)}</code>{listed}"
        parts.append(f"<h3>{heading}</h3>{_schema(document, one)}")
    return "".join([*parts, *_responses(document, operation)]) + "</div></details>"


def _responses(document: Document, operation: Operation) -> list[str]:
    """Returns what an operation answers with; a schema that it has shown is linked to."""
    parts: list[str] = []
    shown: set[str] = set()
    problems: list[tuple[str, ...]] = []
    for status, response in operation["responses"].items():
        contents = response.get("content", {})
        if not contents:
            parts.append(f"<h3><code>{escape(status)}</code> {escape(response['description'])}</h3>")
            continue
        (content_type, content), *_ = contents.items()
        if not status.startswith("2"):
            problems.append((f"<code>{escape(status)}</code>", escape(response["description"])))
            continue
        heading = f"<code>{escape(status)}</code> {escape(response['description'])}"
        reference = content["schema"].get("$ref")
        if reference is None:
            parts.append(f"<h3>{heading}</h3><p><code>{escape(content_type)}</code></p>")
        elif reference in shown:
            parts.append(f"<h3>{heading}</h3><p>{_link(_last(reference))}</p>")
        else:
            parts.append(f"<h3>{heading}</h3>{_schema(document, content)}")
            shown.add(reference)
    if problems:
        parts.append(f"<h3>Problems, as {_link('Problem')}</h3>{_table(('Status', 'When'), problems)}")
    return parts


def _schema(document: Document, content: MediaType) -> str:
    reference = content["schema"].get("$ref")
    if reference is None:
        example = content.get("example")
        return f"<pre>{escape(example)}</pre>" if example else ""
    name = _last(reference)
    return f"<p>{_link(name)}</p>" + _fields(document["components"]["schemas"][name])


def _fields(definition: Schema) -> str:
    required = set(definition.get("required", ()))
    rows = [
        (_name(name, name in required), _type_html(field), field.get("description", ""))
        for name, field in definition.get("properties", {}).items()
    ]
    about = definition.get("description", "")
    return _words(about) + (_table(("Field", "Type", "Meaning"), rows) if rows else "")


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Returns a table. rows: the last of three cells is text, all others are HTML already."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(
        "<tr>"
        + "".join(f"<td>{_inline(cell) if index == 2 else cell}</td>" for index, cell in enumerate(row))
        + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _name(name: str, required: bool) -> str:
    return f"<code>{escape(name)}</code>" + ("" if required else ' <span class="optional">optional</span>')


def _type_html(field: Schema) -> str:
    """Returns a field's type, its own schema linked."""
    if "$ref" in field:
        return _link(_last(field["$ref"]))
    if "anyOf" in field:
        return " or ".join(_type_html(option) for option in field["anyOf"])
    if field.get("type") == "array":
        return f"list of {_type_html(field.get('items', {}))}"
    return escape(_type(field))


def _type(field: Schema) -> str:
    if "enum" in field:
        return " | ".join(json.dumps(value) for value in field["enum"])
    if "const" in field:
        return json.dumps(field["const"])
    kind = str(field.get("type", "any"))
    least, most = field.get("minimum"), field.get("maximum")
    if least is not None and most is not None:
        return f"{kind} {least:g}–{most:g}"
    if least is not None:
        return f"{kind} from {least:g}"
    return f"{kind} ({field['format']})" if "format" in field else kind


def _words(text: str) -> str:
    """Returns text as paragraphs, `code` as such."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n") if paragraph.strip()]
    return "".join(f'<p class="about">{_inline(paragraph)}</p>' for paragraph in paragraphs)


def _inline(text: str) -> str:
    pieces = escape(text).split("`")
    if len(pieces) % 2 == 0:
        return escape(text)
    return "".join(f"<code>{piece}</code>" if index % 2 else piece for index, piece in enumerate(pieces))


def _link(name: str) -> str:
    return f'<a href="#schema-{escape(name)}"><code>{escape(name)}</code></a>'


def _last(reference: str) -> str:
    return reference.rsplit("/", 1)[1]


def _slug(words: str) -> str:
    return "section-" + words.lower().replace(" ", "-")
