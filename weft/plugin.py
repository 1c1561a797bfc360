"""The questions the platform asks every plugin.

Subclass `Plugin`, set its names, and override the hooks you need, each with ``@hookimpl``. A hook is synchronous and only *declares*: it
returns frozen values and is called once, at start. Work is done by the async functions those values point at, and each of them is handed
the `Tenant` it works for.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import pluggy

if TYPE_CHECKING:
    from litestar.types import ControllerRouterHandler
    from piccolo.conf.apps import AppConfig

    from weft.assets import Assets
    from weft.checks import Check, ClosingCheck
    from weft.data import Exporter, Importer, PersonalData
    from weft.documents import PrintedDocument
    from weft.events import Event, Subscription
    from weft.jobs import Job, Schedule
    from weft.lifecycle import HealthCheck, Lifecycle
    from weft.listing import Listing
    from weft.permissions import Permission, RoleTemplate
    from weft.records import RecordKind
    from weft.reports import Report
    from weft.sealed import Sealed
    from weft.search import SearchSource
    from weft.services import Provided
    from weft.settings import Settings
    from weft.ui import Action, MenuItem, Panel, Widget

hookspec = pluggy.HookspecMarker("weft")
hookimpl = pluggy.HookimplMarker("weft")


class Plugin:
    """Everything one business area adds to the platform."""

    key: ClassVar[str]  # snake_case; every table, permission, job, path and template of the plugin starts with it
    title: ClassVar[str]
    version: ClassVar[str]  # PEP 440
    summary: ClassVar[str] = ""  # one sentence for the Modules page
    category: ClassVar[str] = "Other"  # the Modules page groups by it
    icon: ClassVar[str] = "puzzle"
    vendor: ClassVar[str] = ""
    isolation: ClassVar[Literal["shared", "strict"]] = "shared"  # strict: who switches it on gets database connections of their own
    requires: ClassVar[Mapping[str, str]] = MappingProxyType({})  # key of another plugin → version range (PEP 440)

    # What it stores

    @hookspec
    def storage(self) -> "AppConfig | None":
        """Return the Piccolo app that lists this plugin's tables and migrations."""
        return None

    @hookspec
    def sealed(self) -> "Sequence[Sealed]":
        """Return the columns that are sealed with the data key of the business: bank accounts, numbers that people got from authorities."""
        return ()

    @hookspec
    def settings(self) -> "type[Settings] | None":
        """Return the struct whose fields are this plugin's settings page."""
        return None

    @hookspec
    def records(self) -> "Sequence[RecordKind]":
        """Return the kinds of record that have a page: history, search, notifications and actions link to them."""
        return ()

    # What a person sees

    @hookspec
    def routes(self) -> "Sequence[ControllerRouterHandler]":
        """Return the route handlers to mount under ``/<key>``; each carries ``guards=[needs(PERMISSION)]`` or `for_everyone`."""
        return ()

    @hookspec
    def api(self) -> "Sequence[ControllerRouterHandler]":
        """Return the JSON handlers to mount under ``/api/v1/<key>``; each carries ``guards=[needs(PERMISSION)]``."""
        return ()

    @hookspec
    def public(self) -> "Sequence[ControllerRouterHandler]":
        """Return the route handlers to mount under ``/public/<key>``: for devices with keys of their own, for links that were sent.

        Each carries ``guards=[for_anyone("why")]``, and asks itself for a key or a secret. Nobody need be signed in: who acts has no
        permission at all. What lies under ``/public/<key>/api`` answers with JSON, needs no form token and never heeds a cookie.
        """
        return ()

    @hookspec
    def assets(self) -> "Assets | None":
        """Return the folder of scripts, style sheets and pictures that this plugin's pages load."""
        return None

    @hookspec
    def menu(self) -> "Sequence[MenuItem]":
        """Return the entries for the main navigation."""
        return ()

    @hookspec
    def listings(self) -> "Sequence[Listing]":
        """Return the tables of records that people filter, page, save as views and export, and programs read."""
        return ()

    @hookspec
    def reports(self) -> "Sequence[Report[Any]]":
        """Return the figures that people look at for some days or choices, compare, print, and have sent to them."""
        return ()

    @hookspec
    def documents(self) -> "Sequence[PrintedDocument]":
        """Return what is printed: each kind with its layout, and an example for the settings page of printed documents."""
        return ()

    @hookspec
    def widgets(self) -> "Sequence[Widget]":
        """Return the cards this plugin offers for the dashboard."""
        return ()

    @hookspec
    def panels(self) -> "Sequence[Panel]":
        """Return the fragments to show in slots that other pages leave open."""
        return ()

    @hookspec
    def actions(self) -> "Sequence[Action]":
        """Return the buttons to show on records, this plugin's or another's."""
        return ()

    @hookspec
    def search(self) -> "Sequence[SearchSource]":
        """Return the kinds of record the global search box looks through."""
        return ()

    # Who may do what

    @hookspec
    def permissions(self) -> "Sequence[Permission]":
        """Return every action that a role can be allowed to do."""
        return ()

    @hookspec
    def role_templates(self) -> "Sequence[RoleTemplate]":
        """Return the roles to offer a tenant that enables this plugin."""
        return ()

    # What happens outside a request

    @hookspec
    def jobs(self) -> "Sequence[Job[Any]]":
        """Return the functions that workers may run."""
        return ()

    @hookspec
    def schedules(self) -> "Sequence[Schedule]":
        """Return the jobs to run by the clock, once per tenant, in the tenant's time zone."""
        return ()

    @hookspec
    def checks(self) -> "Sequence[Check]":
        """Return the questions about this plugin's records to ask every night, and whenever somebody wants to know."""
        return ()

    @hookspec
    def closing_checks(self) -> "Sequence[ClosingCheck]":
        """Return the questions to ask before books are closed: what of this plugin's has to be finished by then."""
        return ()

    # How it works with other plugins

    @hookspec
    def events(self) -> "Sequence[type[Event]]":
        """Return the facts this plugin publishes."""
        return ()

    @hookspec
    def subscriptions(self) -> "Sequence[Subscription[Any]]":
        """Return which published facts this plugin reacts to, and how."""
        return ()

    @hookspec
    def services(self) -> "Sequence[Provided[Any]]":
        """Return the contracts this plugin fulfils for other plugins."""
        return ()

    # Data in and out

    @hookspec
    def importers(self) -> "Sequence[Importer[Any]]":
        """Return what people can bring in through the import centre."""
        return ()

    @hookspec
    def exporters(self) -> "Sequence[Exporter]":
        """Return the file formats this plugin can write."""
        return ()

    @hookspec
    def personal_data(self) -> "Sequence[PersonalData]":
        """Return how to collect and erase what is stored about one natural person."""
        return ()

    # How it lives

    @hookspec
    def lifecycle(self) -> "Lifecycle | None":
        """Return what to do when a tenant enables, upgrades or disables this plugin."""
        return None

    @hookspec
    def health_checks(self) -> "Sequence[HealthCheck]":
        """Return the checks that tell whether this plugin can do its work."""
        return ()
