"""The OpenAPI document as one page to read: no script, no outside resource, readable on a phone."""

from __future__ import annotations

import json
from html import escape
from typing import Any

_STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--accent:#2456c7}
@media (prefers-color-scheme:dark){:root{--accent:#8fb1ff}}
body{font:16px/1.55 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1.5rem}
h1{margin:.2rem 0}h2{margin-top:2.5rem;border-bottom:1px solid var(--line);padding-bottom:.3rem}
details{border:1px solid var(--line);border-radius:.6rem;margin:.6rem 0;padding:.2rem .9rem}
summary{cursor:pointer;padding:.5rem 0;overflow-wrap:anywhere}
code,pre{font:14px/1.5 ui-monospace,monospace}pre{overflow:auto;background:var(--soft);padding:.8rem;
border-radius:.5rem}
.method{display:inline-block;min-width:4.2rem;font-weight:700;color:var(--accent)}
table{border-collapse:collapse;width:100%;margin:.5rem 0}td,th{text-align:left;border-bottom:1px solid var(--line);
padding:.35rem .6rem .35rem 0;vertical-align:top;overflow-wrap:anywhere}a{color:var(--accent)}
.about{white-space:pre-line}
"""


def page(document: dict[str, Any]) -> str:
    """The document as HTML."""
    info = document["info"]
    parts = [
        "<!doctype html><html lang=en><head><meta charset=utf-8>",
        "<meta name=viewport content='width=device-width,initial-scale=1'>",
        f"<title>{escape(info['title'])} API</title><style>{_STYLE}</style></head><body><main>",
        f"<h1>{escape(info['title'])} API</h1><p class=about>{escape(info['description'])}</p>",
        "<p><a href='openapi.json'>openapi.json</a> for machines.</p>",
    ]
    for tag in document["tags"]:
        parts.append(f"<h2>{escape(tag['name'])}</h2>")
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if tag["name"] in operation["tags"]:
                    parts.append(_operation(document, path, method, operation))
    parts.append("</main></body></html>")
    return "".join(parts)


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> str:
    parts = [
        f"<details id='{escape(operation['operationId'])}'><summary><span class=method>{method.upper()}</span> "
        f"<code>{escape(path)}</code> – {escape(operation['summary'])}</summary><p>{escape(operation['description'])}</p>"
    ]
    if operation.get("parameters"):
        rows = "".join(
            f"<tr><td><code>{escape(p['name'])}</code></td><td>{p['in']}</td><td>{escape(p.get('description', ''))}</td></tr>"
            for p in operation["parameters"]
        )
        parts.append(f"<table><thead><tr><th>Parameter<th>In<th>Meaning</tr></thead><tbody>{rows}</tbody></table>")
    body = operation.get("requestBody", {}).get("content", {})
    for content_type, content in body.items():
        schema = content["schema"]
        schema = schema["oneOf"][0] if "oneOf" in schema else schema
        parts.append(f"<h3>Body <code>{escape(content_type)}</code></h3>{_schema(document, schema, content)}")
    for status, response in operation["responses"].items():
        schemas = [content["schema"] for content in response["content"].values()]
        shown = _schema(document, schemas[0], {}) if status.startswith("2") else ""
        parts.append(f"<h3>{escape(status)} {escape(response['description'])}</h3>{shown}")
    return "".join(parts) + "</details>"


def _schema(document: dict[str, Any], schema: dict[str, Any], content: dict[str, Any]) -> str:
    reference = schema.get("$ref")
    if reference is None:
        example = content.get("example")
        return f"<pre>{escape(str(example))}</pre>" if example else ""
    definition = document["components"]["schemas"][reference.rsplit("/", 1)[1]]
    required = set(definition.get("required", ()))
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code>{'' if name in required else ' <small>optional</small>'}</td>"
        f"<td>{escape(_type(field))}</td><td>{escape(field.get('description', ''))}</td></tr>"
        for name, field in definition.get("properties", {}).items()
    )
    about = escape(definition.get("description", ""))
    return f"<p>{about}</p><table><thead><tr><th>Field<th>Type<th>Meaning</tr></thead><tbody>{rows}</tbody></table>"


def _type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"].rsplit("/", 1)[1])
    if "anyOf" in field:
        return " or ".join(_type(option) for option in field["anyOf"])
    if "enum" in field:
        return " | ".join(json.dumps(value) for value in field["enum"])
    kind = str(field.get("type", "any"))
    if kind == "array":
        kind = f"list of {_type(field.get('items', {}))}"
    bounds = [str(field[name]) for name in ("minimum", "maximum") if name in field]
    shape = f" ({field['format']})" if "format" in field else f" {'–'.join(bounds)}" if bounds else ""
    return kind + shape
