"""Great Expectations as the judge of a gate: the suite as code, a one-row summary, and the Data Docs that come of it.

The library takes five seconds to import, so it is imported here, inside, once a process, and only when a gate runs.
"""

import logging
import os
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from expectations.check import Check, Suite
from tasks.data_docs import make_readable

log = logging.getLogger(__name__)

SITE = "local_site"
_one_at_a_time = threading.Lock()  # the library keeps its current project in a global


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the library said of one check; `broken` is why it could not be judged, "" when it was."""

    passed: bool
    broken: str = ""


def judge(folder: Path, run_name: str, suite: Suite, limits: Mapping[str, Decimal], summary: Mapping[str, Decimal]) -> dict[str, Verdict]:
    """Returns the verdict on each check by name. `folder` holds the project of one run.

    A check whose column is missing from the summary comes back as broken.
    """
    with _one_at_a_time:
        context = _context(folder)
        checkpoint = _checkpoint(context, suite, limits)
        frame = _library().pandas.DataFrame([{name: float(value) for name, value in summary.items()}])
        outcome = checkpoint.run(
            batch_parameters={"dataframe": frame},
            run_id=_library().gx.RunIdentifier(run_name=run_name.replace(" ", "-")),
        )
        (validation,) = outcome.run_results.values()
    found = {str(result.expectation_config.kwargs["column"]): _verdict(result) for result in validation.results}
    return {check.name: found.get(check.name, Verdict(False, "the library gave no result")) for check in suite.checks}


def write_data_docs(folder: Path) -> Path:
    """Writes the Data Docs of all gates judged so far, readable offline; returns their folder."""
    with _one_at_a_time:
        _context(folder).build_data_docs()
    make_readable(docs_folder(folder))
    return docs_folder(folder)


def docs_folder(folder: Path) -> Path:
    """Where the Data Docs of the project in `folder` are."""
    return folder / "gx" / "uncommitted" / "data_docs" / SITE


def _verdict(result: Any) -> Verdict:  # the library's own type is not typed
    raised = result.exception_info or {}
    problems = [raised] if "raised_exception" in raised else list(raised.values())
    broken = [str(problem.get("exception_message")) for problem in problems if problem and problem.get("raised_exception")]
    return Verdict(bool(result.success) and not broken, "; ".join(broken))


@dataclass(frozen=True, slots=True)
class _Library:
    gx: Any
    pandas: Any
    no_bars: Any


_loaded: list[_Library] = []
_contexts: dict[Path, Any] = {}


def _library() -> _Library:
    if not _loaded:
        os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when the library is imported
        logging.getLogger("great_expectations").setLevel(logging.WARNING)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import great_expectations as gx
            import pandas as pd
            from great_expectations.data_context.types.base import ProgressBarsConfig
        _loaded.append(_Library(gx, pd, ProgressBarsConfig(globally=False, metric_calculations=False)))
    return _loaded[0]


def _context(folder: Path) -> Any:
    """The project of a run, opened once a process. What it holds can be deleted any time: suites are code."""
    folder = folder.absolute()
    if folder not in _contexts or not (folder / "gx").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        context = _library().gx.get_context(mode="file", project_root_dir=folder)
        context.variables.progress_bars = _library().no_bars
        site = {
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": f"uncommitted/data_docs/{SITE}/"},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        }
        context.update_data_docs_site(site_name=SITE, site_config=site)
        _contexts.clear()  # one run at a time is worked on
        _contexts[folder] = context
    return _contexts[folder]


def _checkpoint(context: Any, suite: Suite, limits: Mapping[str, Decimal]) -> Any:
    gx = _library().gx
    source = context.data_sources.add_or_update_pandas(suite.gate)
    batch = source.add_dataframe_asset("summary").add_batch_definition_whole_dataframe("run")
    expectations = [_expectation(check, limits[check.name]) for check in suite.checks]
    judged = context.suites.add_or_update(gx.ExpectationSuite(name=suite.gate, expectations=expectations))
    definition = context.validation_definitions.add_or_update(gx.ValidationDefinition(name=suite.gate, data=batch, suite=judged))
    return context.checkpoints.add_or_update(
        gx.Checkpoint(
            name=suite.gate,
            validation_definitions=[definition],
            result_format={"result_format": "COMPLETE"},
        )
    )


def _expectation(check: Check, limit: Decimal) -> Any:
    return _library().gx.expectations.ExpectColumnValuesToBeBetween(
        column=check.name,
        min_value=0,
        max_value=float(limit),
        severity=check.severity,
        description=f"{check.severity}: {check.says} ({check.clause})",
        notes=f"{check.clause}: {check.says}. What to do: {check.advice}.",
    )
