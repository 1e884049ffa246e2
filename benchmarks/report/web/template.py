"""A page's template and its style: strict, and everything escaped that is not marked."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from markupsafe import Markup


def template(folder: Path, **filters: object) -> Template:
    """The folder's page.html.j2."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters)
    return environment.get_template("page.html.j2")


def style() -> Markup:
    return Markup(Path(__file__).with_name("page.css").read_text(encoding="utf-8"))
