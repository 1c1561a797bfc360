"""Chart, compose file, alerts and dashboards: what Kubernetes would take, of processes, variables and metrics that there are."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from infra.cli.main import COMMANDS
from tests.docs.reading import DOCS, ROOT

CHART, COMPOSE = ROOT / "infra" / "helm" / "weft", ROOT / "infra" / "container" / "compose.yaml"
HELM = shutil.which("helm", path=str(Path(sys.executable).parent)) or shutil.which("helm")
NEEDED = ("baseUrl=https://weft.example:8443", "existingSecret=weft", "files.url=s3://files/weft")
LEAST = ("autoscaling.enabled=false", "replicas=1")
DOCUMENTED = set(re.findall(r"^\| `(WEFT_[A-Z_]+)` \|", (DOCS / "configuration.md").read_text(), re.MULTILINE))
METRICS = set(re.findall(r"^\| `(weft_[a-z_]+)` \|", (DOCS / "operations.md").read_text(), re.MULTILINE))
needs_helm = pytest.mark.skipif(HELM is None, reason="there is no helm for this machine")


def helm(*values: str) -> subprocess.CompletedProcess[str]:
    """Render the chart."""
    assert HELM
    sets = [word for value in values for word in ("--set", value)]
    return subprocess.run([HELM, "template", "w", str(CHART), *sets], capture_output=True, text=True, check=False)


def rendered(*values: str) -> list[dict[str, Any]]:
    """Return what the chart comes to."""
    done = helm(*NEEDED, *values)
    assert done.returncode == 0, done.stderr
    return [each for each in yaml.safe_load_all(done.stdout) if each]


def pods(documents: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the pods of deployments and jobs by the command they run."""
    found = {}
    for each in documents:
        if each["kind"] in ("Deployment", "Job"):
            pod = each["spec"]["template"]["spec"]
            found[pod["containers"][0]["args"][0]] = pod
    return found


@needs_helm
@pytest.mark.parametrize(
    "values",
    [
        (),
        (*(f"{part}.{each}" for part in ("web", "worker") for each in LEAST), "ingress.tlsSecret=tls", "networkPolicy.enabled=false"),
        ("files.url=", "files.existingClaim=files", "serviceAccount.create=false", "ingress.enabled=false", "env.WEFT_LOG_LEVEL=DEBUG"),
        ("cells.names={east,west}", "cells.existingSecret=cells"),
        ("monitoring.dashboards=true", "networkPolicy.webFrom[0].namespaceSelector.matchLabels.name=ingress"),
    ],
)
def test_kubernetes_would_take_it(values: tuple[str, ...]) -> None:
    documents = rendered(*values)
    for each in documents:
        kubernetes_validate.validate(each, "1.30", strict=True)
    assert len({(each["kind"], each["metadata"]["name"]) for each in documents}) == len(documents)
    assert set(pods(documents)) - {"relay"} == {"serve", "worker", "operator", "migrate"} <= set(COMMANDS)


@needs_helm
def test_processes_run_as_nobody_in_particular_and_are_watched() -> None:
    found = pods(rendered())
    for pod in found.values():
        [container] = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]
    web, worker = (found[each]["containers"][0] for each in ("serve", "worker"))
    assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(web)
    assert {"startupProbe", "livenessProbe"} <= set(worker)
    assert {"startupProbe", "livenessProbe"} <= set(found["relay"]["containers"][0])
    assert found["worker"]["terminationGracePeriodSeconds"] > 30


@needs_helm
def test_only_who_changes_tables_has_the_login_that_may() -> None:
    told = {name: {each["name"] for each in pod["containers"][0]["env"]} for name, pod in pods(rendered()).items()}
    assert {name for name, names in told.items() if "WEFT_PROVISIONER_URL" in names} == {"operator", "migrate"}
    assert set(chain.from_iterable(told.values())) <= DOCUMENTED


@needs_helm
def test_the_outbox_is_moved_by_a_relay_of_its_own_or_by_every_worker() -> None:
    apart, within = pods(rendered()), pods(rendered("relay.enabled=false", "monitoring.serviceMonitor=true"))
    assert (apart["worker"]["containers"][0]["args"], apart["relay"]["containers"][0]["args"]) == (["worker", "--without-relay"], ["relay"])
    assert within["worker"]["containers"][0]["args"] == ["worker"]
    assert "relay" not in within
    kinds = {(each["kind"], each["metadata"]["name"]) for each in rendered("monitoring.serviceMonitor=true")}
    assert {(kind, "w-relay") for kind in ("Deployment", "PodDisruptionBudget", "NetworkPolicy", "PodMonitor")} <= kinds


@needs_helm
def test_every_process_knows_the_cells_and_each_of_them_is_migrated_after_the_home_cell() -> None:
    documents = rendered("cells.names={east,west}", "cells.existingSecret=cells")
    for pod in pods(documents).values():
        for container in chain(pod.get("initContainers", ()), pod["containers"]):
            [file] = [each["value"] for each in container["env"] if each["name"] == "WEFT_CELLS"]
            [mount] = [each for each in container["volumeMounts"] if file.startswith(each["mountPath"] + "/")]
            assert {"name": mount["name"], "secret": {"secretName": "cells"}} in pod["volumes"]
            assert {each["name"] for each in container["env"]} <= DOCUMENTED
    migrate = pods(documents)["migrate"]
    order = [
        [each["value"] for container in migrate[kind] for each in container["env"] if each["name"] == "WEFT_CELL"]
        for kind in ("initContainers", "containers")
    ]
    assert order == [["main"], ["east", "west"]]
    told = {name: {each["name"] for each in pod["containers"][0]["env"]} for name, pod in pods(rendered()).items()}
    assert not {"WEFT_CELLS", "WEFT_CELL"} & set(chain.from_iterable(told.values()))


@needs_helm
def test_one_of_a_part_is_never_held_against_its_disruption() -> None:
    kinds = {(each["kind"], each["metadata"]["name"]) for each in rendered("web.autoscaling.enabled=false", "web.replicas=1")}
    assert ("PodDisruptionBudget", "w-web") not in kinds
    assert ("PodDisruptionBudget", "w-worker") in kinds


@needs_helm
def test_services_and_budgets_choose_the_pods_they_mean() -> None:
    documents = rendered()
    labels = [each["spec"]["template"]["metadata"]["labels"] for each in documents if each["kind"] == "Deployment"]
    for each in documents:
        if each["kind"] in ("Service", "PodDisruptionBudget"):
            selector = each["spec"]["selector"].get("matchLabels", each["spec"]["selector"])
            assert sum(selector.items() <= those.items() for those in labels) == 1, each["metadata"]["name"]
    [ingress] = [each for each in documents if each["kind"] == "Ingress"]
    assert [rule["host"] for rule in ingress["spec"]["rules"]] == ["weft.example", "*.weft.example"]


@needs_helm
@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("baseUrl=weft.example", "baseUrl"),
        ("existingSecret=", "existingSecret"),
        ("files.url=/here", "files.url"),
        ("cells.names={east}", "cells"),
    ],
)
def test_values_that_cannot_work_are_refused(value: str, told: str) -> None:
    refused = helm(*NEEDED, value)
    assert refused.returncode != 0
    assert told in refused.stderr


def test_containers_run_what_there_is_and_are_told_what_is_documented() -> None:
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    ours = {name: each for name, each in services.items() if "weft" in each["image"]}
    assert {each["command"][0] for each in ours.values()} == {"serve", "worker", "relay", "operator", "migrate"} <= set(COMMANDS)
    named = {variable for each in ours.values() for variable in each["environment"]} | set(
        re.findall(r"WEFT_[A-Z_]+(?==)", COMPOSE.read_text())
    )
    assert named <= DOCUMENTED
    assert all(set(each.get("depends_on", ())) <= set(services) for each in services.values())
    built = (COMPOSE.parent / "Containerfile").read_text()
    assert set(re.findall(r"\b(WEFT_[A-Z_]+)=", built)) <= DOCUMENTED
    assert built.rstrip().endswith('ENTRYPOINT ["weft"]\nCMD ["serve"]')


def _queries() -> Iterator[str]:
    for group in yaml.safe_load((CHART / "monitoring" / "alerts.yaml").read_text())["groups"]:
        yield from (rule["expr"] for rule in group["rules"])
    for file in (CHART / "monitoring").glob("*.json"):
        for panel in json.loads(file.read_text())["panels"]:
            yield from (target["expr"] for target in panel.get("targets", ()))


def test_alerts_and_dashboards_ask_for_metrics_that_there_are() -> None:
    asked = {re.sub(r"_(bucket|count|sum)$", "", name) for query in _queries() for name in re.findall(r"\bweft_[a-z_]+", query)}
    assert len(asked) > 12
    assert asked <= METRICS


def test_every_alert_has_its_page_in_the_runbook() -> None:
    [group] = yaml.safe_load((CHART / "monitoring" / "alerts.yaml").read_text())["groups"]
    headings = set(re.findall(r"^### (\w+)$", (DOCS / "operations.md").read_text(), re.MULTILINE))
    assert {rule["alert"] for rule in group["rules"]} <= headings
