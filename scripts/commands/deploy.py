"""Packages the functions, uploads what is new, and applies Terraform: one environment of the platform on Google Cloud.

    ./scripts/deploy dev --bootstrap   once: state bucket, interfaces, sources bucket, secrets (docs/deploy.md)
    ./scripts/deploy dev --check       says what an organisation's policies would refuse, changes nothing
    ./scripts/deploy dev --deployer M  gives M (serviceAccount:…, user:…) the roles that a deployment needs
    ./scripts/deploy dev --planner M   gives M those that a plan needs, which read nothing of what is stored
    ./scripts/deploy dev --plan        shows what would change, changes nothing
    ./scripts/deploy dev               shows what will change, asks, and does it
    ./scripts/deploy dev --yes         does not ask (for a pipeline)
    ./scripts/deploy dev --smoke       asks what runs there whether it works; with --yes, after deploying
    ./scripts/deploy dev --sources F   deploys an earlier build's sources.tfvars.json: a roll-back
    ./scripts/deploy --all …           the same for every environment of terraform/envs, one after the other

An environment is a file terraform/envs/<name>.tfvars, whatever its name: a stage, a region, a tenant.
Needs gcloud (logged in) and terraform; reads terraform/envs/<environment>.tfvars.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from infra.declarations.pipeline import Pipeline, PipelineError, load_pipeline
from infra.packaging.errors import PackagingError
from infra.packaging.staging import SOURCES_FILE, package
from scripts.commands import smoke
from scripts.commands.deployer import PLANNER, bindings, elsewhere, planner
from scripts.commands.project_checks import ProjectChecks

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
TERRAFORM = os.environ.get("TERRAFORM", "terraform")
GCLOUD = os.environ.get("GCLOUD", "gcloud")
SSL_POLICY = "augment-skills-modern"
"""Of the load balancer. An organisation with one of its own names that in `ssl_policy`."""
REDIRECT = "augment-skills-redirect"
"""What answers port 80: Terraform's map of addresses, and the proxy and forwarding rule that stand before it."""


class DeployError(Exception):
    """Why nothing (more) was deployed, and what to do about it."""


def main(argv: Sequence[str]) -> int:
    """Returns 0, or 1 when nothing (more) was deployed."""
    parser = argparse.ArgumentParser(
        prog="scripts/deploy", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("environment", nargs="?", help="one of terraform/envs")
    parser.add_argument("--all", action="store_true", help="every environment, one after the other")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="only say what would be refused")
    what.add_argument("--bootstrap", action="store_true", help="prepare a new project")
    what.add_argument("--deployer", metavar="MEMBER", help="give somebody the roles that a deployment needs")
    what.add_argument("--planner", metavar="MEMBER", help="give somebody the roles that a plan needs")
    what.add_argument("--plan", action="store_true", help="only show what would change")
    parser.add_argument("--yes", action="store_true", help="apply without asking")
    parser.add_argument("--smoke", action="store_true", help="ask what runs whether it works (with --yes: afterwards)")
    parser.add_argument("--sources", type=Path, help="deploy these staged sources instead of packaging anew")
    arguments = parser.parse_args(argv)
    if arguments.all == bool(arguments.environment):
        parser.error("name one environment, or --all")
    if arguments.smoke and (
        arguments.check or arguments.bootstrap or arguments.deployer or arguments.planner or arguments.plan
    ):
        parser.error("--smoke goes with --yes, or alone")
    names = [arguments.environment] if arguments.environment else environments()
    # One that fails does not keep the others from what is theirs.
    failed = [name for name in names if not succeeded(name, arguments)]
    if arguments.all:
        say(f"{len(names) - len(failed)} of {len(names)} environments" + "".join(f"; {name} failed" for name in failed))
    return 1 if failed or not names else 0


def environments() -> list[str]:
    """Returns the names of all environments."""
    return sorted(path.stem for path in (ROOT / "terraform" / "envs").glob("*.tfvars"))


def succeeded(name: str, arguments: argparse.Namespace) -> bool:
    """Does what was asked to one environment, and says why it could not."""
    try:
        environment = Environment(name)
        check_tools()
        if arguments.check:
            check(environment)
        elif arguments.deployer or arguments.planner:
            give_roles(environment.project, arguments)
        elif arguments.bootstrap:
            bootstrap(environment)
        elif arguments.smoke and not arguments.yes:
            ask_whether_it_works(environment)
        else:
            deploy(environment, only_plan=arguments.plan, ask=not arguments.yes, sources=arguments.sources)
            if arguments.smoke:
                ask_whether_it_works(environment)
    except (DeployError, PackagingError, PipelineError) as error:
        print(f"deploy: {error}", file=sys.stderr)
        return False
    except subprocess.CalledProcessError as error:
        print(f"deploy: `{' '.join(map(str, error.cmd[:4]))} …` failed with status {error.returncode}", file=sys.stderr)
        return False
    return True


def give_roles(project: str, arguments: argparse.Namespace) -> None:
    """Gives somebody what a deployment needs, or a plan."""
    if arguments.deployer:
        commands = bindings(project, arguments.deployer)
    else:
        role = (GCLOUD, "iam", "roles", "describe", PLANNER, f"--project={project}", "--format=value(name)")
        commands = planner(project, arguments.planner, known=answer(*role) is not None)
    for command in commands:
        run(GCLOUD, *command)
    if arguments.deployer:
        say(f"On the billing account and the organisation, where they are used: {', '.join(elsewhere())}")


class Environment:
    """Knows one environment by what its settings say. Raises DeployError."""

    def __init__(self, name: str) -> None:
        self.name = name
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", name):
            raise DeployError(f"an environment's name is lower case letters, digits and hyphens, not {name!r}")
        self.settings = ROOT / "terraform" / "envs" / f"{name}.tfvars"
        if not self.settings.is_file():
            known = self.settings.relative_to(ROOT)
            raise DeployError(f"{known} is missing: copy terraform/envs/prod.tfvars.example and fill it in")
        self.project = self._setting("project_id")
        self.region = self._setting("region", "europe-west1")
        self.state_bucket = f"{self.project}-terraform-state"
        self.sources_bucket = f"{self.project}-sources"

    def host(self, group: str) -> str:
        """Returns the host name of `api` or `portal`. Raises DeployError."""
        hosts = re.search(
            r"^[ \t]*hosts[ \t]*=[ \t]*\{(.*?)\}", self.settings.read_text("utf-8"), re.MULTILINE | re.DOTALL
        )
        found = re.search(rf'\b{group}[ \t]*=[ \t]*"([^"\n]+)"', hosts[1] if hosts else "")
        if found is None:
            raise DeployError(f'{self.settings.relative_to(ROOT)} does not say hosts = {{ {group} = "…" }}')
        return found[1]

    @property
    def variables(self) -> tuple[str, ...]:
        """Returns Terraform's arguments that tell it the environment."""
        return (f"-var=environment={self.name}", f"-var-file={self.settings}")

    def _setting(self, name: str, default: str | None = None) -> str:
        found = re.search(rf'^[ \t]*{name}[ \t]*=[ \t]*"([^"\n]+)"', self.settings.read_text("utf-8"), re.MULTILINE)
        if found:
            return found[1]
        if default is None:
            raise DeployError(f'{self.settings.relative_to(ROOT)} does not say {name} = "…"')
        return default


def check_tools() -> None:
    """Checks that both tools are there and gcloud knows who asks, for itself and for Terraform. Raises DeployError."""
    for tool, where in ((GCLOUD, "https://cloud.google.com/sdk/docs/install"), (TERRAFORM, "https://terraform.io")):
        if shutil.which(tool) is None:
            raise DeployError(f"{tool} is not installed: {where}")
    account = answer(GCLOUD, "auth", "list", "--filter=status:ACTIVE", "--format=value(account)")
    if not account:
        raise DeployError("gcloud is not logged in: run `gcloud auth login`")
    if answer(GCLOUD, "auth", "application-default", "print-access-token") is None:
        raise DeployError("Terraform is not logged in: run `gcloud auth application-default login`")


def check(environment: Environment) -> None:
    """Says what the project would refuse. Raises DeployError where a deployment would stop half-way."""

    def ask(*arguments: str) -> str | None:
        return answer(GCLOUD, *arguments)

    text = environment.settings.read_text("utf-8")
    checks = ProjectChecks(environment.project, environment.region, text, ask)
    quota = checks.quota(load_pipeline())
    if quota:
        say(f"{environment.name}: {quota}")
    refusals = list(checks.refusals())
    if checks.unread:
        unread = ", ".join(sorted(set(checks.unread)))
        say(f"{environment.name}: these policies may not be read here (role Organization Policy Viewer): {unread}")
    if refusals:
        raise DeployError(f"{environment.name}: " + "; ".join(refusals))


def bootstrap(environment: Environment) -> None:
    """Makes what a first deployment stands on; again changes nothing that is there."""
    pipeline = load_pipeline()
    check(environment)
    project = f"--project={environment.project}"
    say(f"Bootstrapping {environment.name}: {environment.project}")
    first = (
        "cloudresourcemanager",
        "serviceusage",
        "storage",
        "secretmanager",
        "pubsub",
        "iam",
        "compute",
        "orgpolicy",
        "cloudquotas",
    )
    run(GCLOUD, "services", "enable", *(f"{name}.googleapis.com" for name in first), project)
    # Pub/Sub's own account comes into being with its first use, and Terraform gives roles to it before that.
    run(GCLOUD, "beta", "services", "identity", "create", "--service=pubsub.googleapis.com", project)
    bucket = f"gs://{environment.state_bucket}"
    if answer(GCLOUD, "storage", "buckets", "describe", bucket, project, "--format=value(name)") is None:
        run(
            GCLOUD, "storage", "buckets", "create", bucket, project, f"--location={environment.region}",
            "--uniform-bucket-level-access", "--public-access-prevention",
        )  # fmt: skip
    run(GCLOUD, "storage", "buckets", "update", bucket, "--versioning")
    initialise(environment)
    targets = ["google_project_service.this", "module.data.google_storage_bucket.sources"]
    targets.append("module.data.google_secret_manager_secret.this")
    # Nothing is staged yet: these targets do not depend on the functions, and need only a value for every one of them.
    nothing = {name: f"functions/{name}/{'0' * 64}.zip" for name in pipeline.functions}
    terraform(
        environment, "apply", "-auto-approve", *environment.variables, "-var", f"sources={json.dumps(nothing)}",
        *(f"-target=module.platform.{target}" for target in targets),
    )  # fmt: skip
    make_ssl_policy(environment)
    supply_secrets(environment, pipeline)


def make_ssl_policy(environment: Environment) -> None:
    """Makes the policy that refuses TLS 1.0 and 1.1, where there is none."""
    policy = (GCLOUD, "compute", "ssl-policies")
    project = f"--project={environment.project}"
    if answer(*policy, "describe", SSL_POLICY, "--global", project, "--format=value(name)") is None:
        run(*policy, "create", SSL_POLICY, "--global", project, "--profile=MODERN", "--min-tls-version=1.2")


def redirect_port_80(environment: Environment) -> None:
    """Puts what answers port 80 before the redirect, where it is missing."""
    project = f"--project={environment.project}"
    proxy, rule = (GCLOUD, "compute", "target-http-proxies"), (GCLOUD, "compute", "forwarding-rules")
    if answer(*proxy, "describe", REDIRECT, "--global", project, "--format=value(name)") is None:
        run(*proxy, "create", REDIRECT, "--global", project, f"--url-map={REDIRECT}")
    if answer(*rule, "describe", REDIRECT, "--global", project, "--format=value(name)") is None:
        run(
            *rule, "create", REDIRECT, "--global", project, "--load-balancing-scheme=EXTERNAL_MANAGED",
            "--address=augment-skills-address", f"--target-http-proxy={REDIRECT}", "--ports=80",
        )  # fmt: skip


def supply_secrets(environment: Environment, pipeline: Pipeline) -> None:
    """Makes up the secrets that may have any value, and says how the others are supplied."""
    missing = []
    for name, secret in pipeline.secrets.items():
        if has_version(environment, name):
            continue
        if secret.generated:
            add = [GCLOUD, "secrets", "versions", "add", name, f"--project={environment.project}", "--data-file=-"]
            subprocess.run(add, input=secrets.token_urlsafe(48), text=True, check=True)
            say(f"{name}: made up")
        else:
            missing.append((name, secret.about))
    if missing:
        say("Supply these secrets (the value is read from standard input, up to the end of file), then deploy:")
        for name, about in missing:
            add_command = f"gcloud secrets versions add {name} --project={environment.project} --data-file=-"
            print(f"  {add_command}\n      {about}")
    else:
        say(f"Ready: ./scripts/deploy {environment.name}")


def deploy(environment: Environment, *, only_plan: bool, ask: bool, sources: Path | None) -> None:
    """Packages, uploads, plans and applies. Raises DeployError before anything changes if a secret has no value."""
    pipeline = load_pipeline()
    if (
        answer(GCLOUD, "storage", "buckets", "describe", f"gs://{environment.sources_bucket}", "--format=value(name)")
        is None
    ):
        raise DeployError(f"{environment.project} is not prepared: run ./scripts/deploy {environment.name} --bootstrap")
    missing = [name for name in pipeline.secrets if not has_version(environment, name)]
    if missing:
        raise DeployError(
            f"secrets without a value: {', '.join(missing)}; ./scripts/deploy {environment.name} --bootstrap says how"
        )
    check(environment)
    if sources is None:
        say("Packaging")
        package(ROOT, pipeline, BUILD)
        sources = BUILD / SOURCES_FILE
    objects = json.loads(sources.read_text("utf-8"))["sources"]
    if not only_plan:  # a plan needs the names alone, and whoever plans puts nothing where a deployment finds it
        say("Uploading what is new")
        upload(environment, objects)
    initialise(environment)
    plan = BUILD / f"{environment.name}.tfplan"
    plan.parent.mkdir(exist_ok=True)
    terraform(environment, "plan", *environment.variables, f"-var-file={sources.resolve()}", f"-out={plan}")
    if only_plan:
        return
    if ask and input(f"\nApply this to {environment.project}? [yes/no] ").strip() != "yes":
        raise DeployError("not applied")
    make_ssl_policy(environment)
    terraform(environment, "apply", str(plan))
    redirect_port_80(environment)
    # What was deployed, beside the objects themselves: a roll-back starts from one of these.
    stamp = answer("git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD") or "no-commit"
    run(GCLOUD, "storage", "cp", str(sources), f"gs://{environment.sources_bucket}/deployments/{stamp}.tfvars.json")
    terraform(environment, "output", "platform")


def ask_whether_it_works(environment: Environment) -> None:
    """Has the smoke test asked, as the project's account `smoke`. Raises DeployError where a check does not hold."""
    api, portal = (f"https://{environment.host(group)}" for group in ("api", "portal"))
    account = f"smoke@{environment.project}.iam.gserviceaccount.com"
    say(f"Asking {api} whether it works")
    token = answer(
        GCLOUD, "auth", "print-identity-token", "--include-email", f"--audiences={api}",
        f"--impersonate-service-account={account}",
    )  # fmt: skip
    if not token:
        raise DeployError(f"no token of {account}: docs/deploy.md says how it is made, and who may have its tokens")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "token"
        file.write_text(token, "utf-8")
        if smoke.main([f"--url={api}", f"--portal={portal}", f"--token-file={file}"]) != 0:
            raise DeployError(f"{environment.name} does not work as it should")


def upload(environment: Environment, objects: dict[str, str]) -> None:
    """Puts the zips into the sources bucket that are not there yet. Raises DeployError for one that is nowhere."""
    for name, object_name in sorted(objects.items()):
        target = f"gs://{environment.sources_bucket}/{object_name}"
        if answer(GCLOUD, "storage", "objects", "describe", target, "--format=value(name)") is not None:
            continue
        local = BUILD / object_name
        if not local.is_file():
            raise DeployError(f"{object_name} is neither in the bucket nor in build/: check out its commit and package")
        run(GCLOUD, "storage", "cp", "--no-clobber", str(local), target)
        print(f"  {name}")


def has_version(environment: Environment, secret: str) -> bool:
    project = f"--project={environment.project}"
    return bool(
        answer(GCLOUD, "secrets", "versions", "list", secret, project, "--filter=state:ENABLED", "--format=value(name)")
    )


def initialise(environment: Environment) -> None:
    terraform(environment, "init", "-input=false", "-reconfigure", f"-backend-config=bucket={environment.state_bucket}")


def terraform(environment: Environment, *arguments: str) -> None:
    # Each environment has its own state: what is initialised for one must not be applied to the other.
    data = {"TF_DATA_DIR": str(BUILD / f"terraform-{environment.name}")}
    command = [TERRAFORM, f"-chdir={ROOT / 'terraform'}", *arguments]
    subprocess.run(command, check=True, env={**os.environ, **data})


def run(*command: str) -> None:
    """Runs a command with its output shown. Raises CalledProcessError."""
    subprocess.run(command, check=True)


def answer(*command: str) -> str | None:
    """Returns what a command prints, stripped; None when it fails or is not there.

    Nobody sees what it asks: gcloud would wait for a word on whether an interface is to be switched on.
    """
    silent = {**os.environ, "CLOUDSDK_CORE_DISABLE_PROMPTS": "1"}
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, env=silent
        )
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def say(text: str) -> None:
    print(f"\n== {text}", flush=True)
