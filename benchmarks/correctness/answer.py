"""The check of an answer that a worker sent: its form, its value, and its arguments left as they were."""

from collections.abc import Mapping

from benchmarks.correctness.check import Deviation, Reference, check
from benchmarks.results.records import Status
from benchmarks.worker.process import Reply, WorkerFailed


def check_reply(
    reply: Reply, reference: Reference, where: str, digests: Mapping[str, str] | None = None
) -> Deviation:
    """The deviation of the answer in a reply.

    `digests` are those of the arguments before the call. A wrong answer raises WorkerFailed, whose
    reason ends with `where`.
    """
    message, parts = reply
    after = message.get("digests", {})
    changed = [key for key, text in (digests or {}).items() if after.get(key, text) != text]
    changed += message.get("changed", [])
    if changed:
        raise _disagrees(f"{changed[0]} was changed in place", where)
    if complaint := message.get("complaint"):
        raise _disagrees(complaint, where)
    deviation = check(reference, parts)
    if deviation.complaint:
        raise _disagrees(deviation.complaint, where)
    return deviation


def _disagrees(complaint: str, where: str) -> WorkerFailed:
    return WorkerFailed(Status.DISAGREES, f"{complaint}, {where}")
