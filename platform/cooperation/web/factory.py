"""The factory: one Flask application for one instance, its parts put together by hand."""

from pathlib import Path
from types import TracebackType
from typing import Any

from flask import Flask, Request
from werkzeug.exceptions import BadHost
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import MapAdapter

from cooperation.accounts import service as accounts
from cooperation.core.clock import Clock, ShiftedClock, SystemClock
from cooperation.core.db import Database, make_engine
from cooperation.core.row_scope import AT_THE_DOOR
from cooperation.core.settings import Mode, Settings
from cooperation.vault.root import RootKeys
from cooperation.vault.sessions import boot_key
from cooperation.web import access_review, health, home, progress, reports
from cooperation.web.acts import install_acts
from cooperation.web.checkpoints import endpoints as log_endpoints
from cooperation.web.checkpoints import views as log_pages
from cooperation.web.continuation import continue_kept, end_visit
from cooperation.web.declaration import refuse_undeclared
from cooperation.web.delivery import Environment, watch_delivery
from cooperation.web.errors import install_errors
from cooperation.web.form_parser import FORM_PARTS
from cooperation.web.headers import add_headers
from cooperation.web.incoming import BODY_BYTES, PlatformRequest
from cooperation.web.keys import open_root
from cooperation.web.kit import assets, gallery
from cooperation.web.kit.editions import EditionConverter
from cooperation.web.kit.formats import install_formats
from cooperation.web.kit.languages import install_languages, keep_language
from cooperation.web.kit.pages import install_pages
from cooperation.web.late import install_late_locks
from cooperation.web.lifecycle import install_lifecycle
from cooperation.web.origin import install_tokens
from cooperation.web.refusals import log_refusal
from cooperation.web.server import EXTENSION, Server
from cooperation.web.session import install_sign_in
from cooperation.web.slices import BLUEPRINTS
from cooperation.web.space import watch_space
from cooperation.web.tables import require_row_security
from cooperation.web.temporary import temporary_folder

PAGES = (home.blueprint, progress.blueprint, access_review.blueprint, log_pages.blueprint)
"""The shell's own pages for people: they ask several slices."""
WITHOUT_PERSON = (
    assets.blueprint,
    health.blueprint,
    reports.blueprint,
    log_endpoints.blueprint,
)
"""Addresses that know no session: files, the watchman, browsers' reports, the log's witnesses."""

ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class Platform(Flask):
    """Flask with our request, and without its own log of failures: that one would quote them."""

    request_class = PlatformRequest

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Bind to a name of our own where the request's is none: its refusal is a page too."""
        try:
            return super().create_url_adapter(request)
        except BadHost:
            return self.url_map.bind("localhost")

    def wsgi_app(self, environ: Environment, start_response: Any) -> Any:
        """Answer, and know of a logged reading whose answer did not leave."""
        held: Server = self.extensions[EXTENSION]
        return watch_delivery(held, super().wsgi_app, environ, start_response)

    def log_exception(self, exc_info: ExceptionInfo) -> None:
        """Leave the log to `errors`, which knows what may stand in it."""
        del exc_info


def make_clock(settings: Settings) -> Clock:
    """Return the machine's clock, or in test instances the one that a file moves."""
    if settings.clock_offset_file is not None:
        return ShiftedClock(settings.clock_offset_file)
    return SystemClock()


def make_server(
    settings: Settings,
    *,
    database: Database | None = None,
    root: RootKeys | None = None,
    clock: Clock | None = None,
) -> Server:
    """Return what a process of this instance holds; tests hand in their own parts.

    Raises `RowSecurityMissing`.
    """
    if database is None:
        database = Database(make_engine(settings.database_address), AT_THE_DOOR)
        require_row_security(settings, database.engine)
    root = root or open_root(settings, database)
    folder = accounts.boot_folder(settings, root)
    return Server(
        settings=settings,
        database=database,
        root=root,
        clock=clock or make_clock(settings),
        boot_key=boot_key(folder),
        space=watch_space(settings, temporary_folder(settings, folder)),
    )


def create_app(settings: Settings, held: Server | None = None) -> Flask:
    """Return the application of one instance.

    The instance folder is handed over and never guessed: beside `platform/` Flask guesses wrong
    (design: architecture 1).
    """
    held = held or make_server(settings)
    app = Platform(
        "cooperation.web",
        instance_path=str(Path(settings.instance_path).absolute()),
        static_folder=None,
        template_folder="kit/templates",
    )
    app.extensions[EXTENSION] = held
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=BODY_BYTES,
        MAX_FORM_PARTS=FORM_PARTS,
        PREFERRED_URL_SCHEME="https" if settings.is_https else "http",
        PROVIDE_AUTOMATIC_OPTIONS=False,
        TEMPLATES_AUTO_RELOAD=False,
        USE_X_SENDFILE=False,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    _install(app, held)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign] # Werkzeug's own way
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    return app


def _install(app: Flask, held: Server) -> None:
    """Put the shell's parts in; what is registered first sees a response last."""
    app.after_request(log_refusal)
    app.after_request(add_headers)
    app.after_request(keep_language)
    app.after_request(end_visit)
    app.after_request(continue_kept)
    app.url_map.converters["edition"] = EditionConverter
    install_lifecycle(app)
    install_errors(app)
    install_languages(app)
    install_formats(app)
    install_pages(app)
    install_tokens(app, secret=held.root.lookup("visit/1", held.root.instance))
    install_sign_in(app)
    install_acts(app)
    for blueprint in (*WITHOUT_PERSON, *PAGES, *BLUEPRINTS):
        app.register_blueprint(blueprint)
    if held.settings.mode is Mode.TEST:
        app.register_blueprint(gallery.blueprint)
    refuse_undeclared(app)
    install_late_locks(app)
