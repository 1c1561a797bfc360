"""A server of nothing but the design page and the samples, under the policy that production has."""

from pathlib import Path
from typing import cast

from jinja2 import Environment
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader, State
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.static_files import create_static_files_router

from web.design.environment import Theme, make_environment
from web.design.fakes import contacts, operations
from web.design.page import render_design_page, render_sample
from web.design.samples import SAMPLES, Sample, product_page
from web.packages import packages

WEB = Path(__file__).parents[1]
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:;"
    " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_BY_SLUG = {sample.slug: sample for sample in SAMPLES}

_Request = Request[None, None, State]


def _theme(request: _Request) -> Theme:
    asked = request.query_params.get("theme") or request.cookies.get("weft_theme")
    return cast("Theme", asked) if asked in ("light", "dark") else "system"


def _environment(state: State) -> Environment:
    return cast("Environment", state.env)


def _html(text: str, status: int = 200) -> Response[str]:
    return Response(text, media_type=MediaType.HTML, status_code=status)


def _sample(request: _Request, sample: Sample, **more: object) -> Response[str]:
    return _html(render_sample(_environment(request.app.state), sample, _theme(request), more), sample.status)


@get(["/", "/design"], sync_to_thread=False)
def design_page(request: _Request) -> Response[str]:
    """Every macro."""
    return _html(render_design_page(_environment(request.app.state), _theme(request)))


@get("/{slug:str}", sync_to_thread=False)
def sample_page(request: _Request, slug: FromPath[str]) -> Response[str]:
    """One sample screen; a slug nobody knows is the sample of a 404."""
    sample = _BY_SLUG.get(slug, _BY_SLUG["error-404"])
    if slug == "products":
        return _sample(
            request, sample, **product_page(request.query_params.get("q", ""), tuple(request.query_params.getall("category", [])))
        )
    return _sample(request, sample, arranging="arrange" in request.query_params)


@get("/search", sync_to_thread=False)
def search(request: _Request) -> Response[str]:
    """What global search finds: a page, or the fragment for the box and the palette."""
    query = request.query_params.get("q", "" if "HX-Request" in request.headers else "belvoir")
    groups = operations.FOUND if query and "belvoir".startswith(query.lower()) else []
    if "HX-Request" not in request.headers:
        return _sample(request, _BY_SLUG["search"], query=query, groups=groups)
    place = request.headers.get("HX-Target", "")
    found = _environment(request.app.state).get_template("shell/_found.html")
    return _html(found.render(groups=groups, query=query, place=place) if query else "")


@get("/lookup/parties", sync_to_thread=False)
def lookup(request: _Request) -> Response[str]:
    """What a lookup field finds."""
    query = request.query_params.get("q", "").lower()
    options = [party for party in contacts.PARTIES if query in str(party["label"]).lower()]
    return _html(_environment(request.app.state).get_template("shell/_options.html").render(options=options))


@get("/progress/{job:int}", sync_to_thread=False)
def progress(request: _Request, job: FromPath[int]) -> Response[str]:
    """A job that is always a little further."""
    template = _environment(request.app.state).from_string(
        '{% import "ui.html" as ui %}{{ ui.progress("Checking barcodes", done=2200, total=2861, url=url) }}'
    )
    return _html(template.render(url=f"/progress/{job}"))


@get("/refuse", sync_to_thread=False)
def refuse() -> Response[dict[str, object]]:
    """A problem, as an API tells it."""
    return Response(
        {"status": 403, "title": "Forbidden", "detail": "You may not change prices."},
        status_code=403,
        media_type="application/problem+json",
    )


@post("/theme")
async def choose_theme(request: _Request) -> Redirect:
    """Keep the theme in a cookie, for those without a script."""
    form = await request.form()
    answer = Redirect(request.headers.get("referer", "/"), status_code=303)
    answer.set_cookie("weft_theme", str(form.get("theme", "system")), path="/", samesite="lax")
    return answer


@post("/dashboard/order", sync_to_thread=False, status_code=204)
def order() -> None:
    """The order of widgets; nothing is kept."""


@post("/{slug:str}", sync_to_thread=False)
def submitted(request: _Request, slug: FromPath[str]) -> Response[str]:
    """A form sent to a sample comes back as the sample, with a toast."""
    answer = _sample(
        request, _BY_SLUG.get(slug, _BY_SLUG["dashboard"]), flashes=[{"text": "Nothing is saved on the design page.", "tone": "info"}]
    )
    answer.headers["HX-Trigger"] = '{"toast": {"text": "Nothing is saved on the design page.", "tone": "info"}}'
    return answer


def _secured(response: Response[object]) -> Response[object]:
    response.headers["Content-Security-Policy"] = POLICY
    return response


def make_app(*, keep: int = 0) -> Litestar:
    """The application; run it with `python -m web.design`. `keep` is how many seconds a browser keeps styles and scripts."""
    kept = CacheControlHeader(max_age=keep) if keep else CacheControlHeader(no_cache=True)
    return Litestar(
        [
            design_page,
            sample_page,
            search,
            lookup,
            progress,
            refuse,
            choose_theme,
            order,
            submitted,
            create_static_files_router("/static/weft", directories=[WEB / "static"], cache_control=kept),
            create_static_files_router("/static/vendor", directories=[packages()], cache_control=kept),
        ],
        state=State({"env": make_environment()}),
        after_request=_secured,
        compression_config=CompressionConfig(backend="gzip", minimum_size=500),
        openapi_config=None,
    )
