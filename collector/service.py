"""Builds every object once, and starts and stops them in order."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import aiohttp
import structlog
from aiohttp import web

from collector.admin import Health, admin_routes
from collector.backlog import Room
from collector.clock import Clock, SystemClock
from collector.config import Settings
from collector.exporter.dead_letters import DeadLetterDir
from collector.exporter.outbox import PAUSES, Outbox
from collector.exporter.retry import RetryPolicy
from collector.exporter.sender import Sender
from collector.exporter.split import run_ids
from collector.exporter.uploader import Uploader, client_session
from collector.journal.base import Journal
from collector.journal.disk import DiskJournal
from collector.journal.memory import MemoryJournal
from collector.limiter import Limiter
from collector.log_stage import LogStage
from collector.metrics import Metrics
from collector.model import Destination
from collector.pipeline import Pipeline
from collector.process import calm_garbage_collector, stop_on_signals
from collector.processor.assembler import Assembler
from collector.processor.batcher import Batcher
from collector.processor.encoder import Sealer
from collector.processor.log_joiner import LogJoiner
from collector.receiver.body import Intake
from collector.receiver.otlp_http import OtlpHttpReceiver
from collector.receiver.records import ReceiverCodecs
from collector.receiver.runner import OtlpRunner
from collector.receiver.tenancy import Tenancy
from collector.span_stage import SpanStage
from translators.registry import Registry, chosen

log = structlog.get_logger()

_SLOWEST_TICK = 0.25
# Share of the grace period, twice: for the sockets, and for the journal that survives or for the
# rest that was not delivered.
_RESERVE = 0.05


class Proxy:
    """One proxy: a listener with everything behind it."""

    def __init__(self, settings: Settings, *, session: aiohttp.ClientSession) -> None:
        """Build it; nothing runs yet. *session* carries the uploads, the caller closes it."""
        clock = SystemClock()
        self._settings = settings
        self._clock = clock
        self.metrics = Metrics()
        self.health = Health()
        uploads = settings.upload_concurrency
        self._outbox = Outbox(clock, max(1, uploads - 2), slots=uploads)
        assembler = Assembler(
            span_ttl=settings.span_ttl,
            remote_parent_ttl=settings.remote_parent_ttl,
            max_trace_wait=settings.max_trace_wait,
            filter_non_genai=settings.filter_non_genai,
            run_id_scheme=settings.run_id_scheme,
            max_remembered_bytes=settings.max_memory_bytes // 4,
        )
        batcher = Batcher(
            max_runs=settings.batch_size,
            max_bytes=settings.max_buffer_bytes,
            max_age=settings.flush_interval,
        )
        joiner = LogJoiner(
            ttl=settings.log_ttl,
            max_held_bytes=settings.max_memory_bytes // 16,
            max_remembered_bytes=settings.max_memory_bytes // 16,
        )
        limiter = Limiter(
            settings.max_memory_bytes,
            [
                lambda: self._receiver.held_bytes,
                lambda: assembler.held_bytes,
                lambda: batcher.held_bytes,
                lambda: joiner.held_bytes,
                lambda: self._outbox.held_bytes,
            ],
        )
        self._letters = (
            DeadLetterDir(
                settings.dead_letter_dir,
                clock,
                self.metrics,
                max_bytes=settings.dead_letter_max_bytes,
                max_age=settings.dead_letter_max_age,
                run_ids=run_ids,
            )
            if settings.dead_letter_dir is not None
            else None
        )
        self._sender = Sender(
            self._outbox,
            Uploader(session, clock),
            Sealer(),
            RetryPolicy(settings.max_retries, settings.retry_backoff),
            self._letters,
            self.metrics,
            clock,
            random.random,
        )
        journal = self._journal = _journal(settings, clock, self.metrics)
        registry = Registry(
            chosen(settings.translators), keep_unmapped=settings.generic_otel_enabled
        )
        # A journal that survives owns what has no room in memory: only what requests hold until it
        # owns them is bounded at the door, by the share that ``Room`` leaves them.
        door = (
            Limiter(settings.max_memory_bytes * 3 // 8, [lambda: self._receiver.held_bytes])
            if journal.survives
            else limiter
        )
        logs = LogStage(journal=journal, registry=registry, joiner=joiner, metrics=self.metrics)
        self.pipeline = Pipeline(
            journal=journal,
            spans=SpanStage(
                registry=registry,
                logs=logs,
                metrics=self.metrics,
                with_resources=settings.generic_otel_enabled,
            ),
            assembler=assembler,
            batcher=batcher,
            logs=logs,
            outbox=self._outbox,
            sender=self._sender,
            # The rest is for what goes up: an outage upstream must not tear traces apart.
            max_waiting_bytes=settings.max_memory_bytes * 3 // 8,
            decode=ReceiverCodecs(),
            room=Room(limiter, self._outbox),
            metrics=self.metrics,
            clock=clock,
            tick=min(settings.flush_interval / 4, _SLOWEST_TICK),
        )
        key = settings.langsmith_api_key
        self._receiver = OtlpHttpReceiver(
            accept=self.pipeline.accept,
            accept_logs=self.pipeline.accept_logs,
            tenancy=Tenancy(
                settings.langsmith_endpoint,
                api_key=key.get_secret_value() if key is not None else None,
                workspace=settings.langsmith_workspace_id,
                project=settings.langsmith_project,
            ),
            max_body_bytes=settings.max_body_bytes,
            intake=Intake(
                door.admit, reserve=settings.max_memory_bytes // 8, large=door.max_bytes // 2
            ),
            metrics=self.metrics,
            clock=clock,
        )
        watch = self.metrics.watch
        watch(self.metrics.held_spans, lambda: self.pipeline.held_spans)
        watch(self.metrics.held_logs, lambda: logs.held_records)
        watch(self.metrics.held_bytes, limiter.held_bytes)
        watch(self.metrics.limit_bytes, lambda: limiter.max_bytes)
        watch(self.metrics.waiting, lambda: assembler.held_runs)
        for reason in PAUSES:
            watch(self.metrics.paused.labels(reason), partial(self._outbox.paused_for, reason))
        watch(self.metrics.upload_limit, lambda: self._outbox.upload_limit)

    async def run(self, stop: asyncio.Event, listening: Callable[[int], None]) -> None:
        """Serve until *stop* is set, then end in order: nothing that was acknowledged is left.

        Args:
            stop: begins the end.
            listening: is told the port when the service is ready.

        Raises:
            OSError: the port cannot be had.
            JournalInUse: another process has the journal.
        """
        settings = self._settings
        app = web.Application(middlewares=[self._receiver.middleware])
        app.add_routes(admin_routes(self.health, self.metrics, works=lambda: self._journal.healthy))
        app.add_routes(self._receiver.routes())
        reserve = settings.shutdown_grace_seconds * _RESERVE
        runner = OtlpRunner(app, shutdown_timeout=reserve)
        await self.pipeline.open()
        try:
            await runner.setup()
            site = web.TCPSite(runner, settings.http_host, settings.http_port)
            await site.start()
            async with asyncio.TaskGroup() as tasks:
                workers = self.pipeline.start(tasks, settings.upload_concurrency)
                if self._letters is not None:
                    workers.append(tasks.create_task(self._letters.tend(), name="dead-letters"))
                self.health.started()
                listening(runner.addresses[0][1])
                await stop.wait()
                await self._end()
                for worker in workers:
                    worker.cancel()
            if not self._journal.survives:
                with suppress(TimeoutError):
                    async with asyncio.timeout(reserve):
                        await self._sender.park_rest()
        finally:
            await runner.cleanup()
            await self._journal.close()

    async def _end(self) -> None:
        settings = self._settings
        deadline = self._clock.monotonic() + settings.shutdown_grace_seconds * (1 - 2 * _RESERVE)
        self.health.stopping()
        log.info("stopping", held_spans=self.pipeline.held_spans)
        # Load balancers and exporters go on sending until word of it has reached them.
        await asyncio.sleep(settings.lame_duck_seconds)
        await self.pipeline.close()
        self._outbox.begin_drain()
        with suppress(TimeoutError):
            async with asyncio.timeout(max(deadline - self._clock.monotonic(), 0.0)):
                # The journal keeps what would only be waited for; memory has no later chance.
                await self._outbox.wait_idle(deadline if self._journal.survives else None)
        if self._outbox.held_runs:
            log.warning(
                "not all could be delivered before the end",
                held_spans=self.pipeline.held_spans,
                they="stay in the journal" if self._journal.survives else "are given up",
            )


def _journal(settings: Settings, clock: Clock, metrics: Metrics) -> Journal:
    if settings.journal_dir is None:
        return MemoryJournal()
    key = settings.langsmith_api_key
    return DiskJournal(
        settings.journal_dir,
        sync=settings.journal_sync,
        max_bytes=settings.journal_max_bytes,
        past_seconds=max(settings.span_ttl, settings.log_ttl),
        close_seconds=settings.shutdown_grace_seconds * _RESERVE,
        defaults=Destination(
            settings.langsmith_endpoint,
            key.get_secret_value() if key is not None else "",
            settings.langsmith_workspace_id,
            settings.langsmith_project,
        ),
        clock=clock,
        metrics=metrics,
    )


async def serve(settings: Settings) -> None:
    """Run the proxy until a signal ends it.

    Raises:
        LookupError: a translator that the settings name is not there.
        OSError: the port cannot be had.
        JournalInUse: another process has the journal.
    """
    stop = stop_on_signals()
    calm_garbage_collector()
    bounds = {"max_memory_bytes"}
    if settings.journal_dir is not None:
        bounds |= {"journal_sync", "journal_max_bytes"}
    async with client_session(settings.upload_concurrency, settings.upload_timeout) as session:
        proxy = Proxy(settings, session=session)

        def listening(port: int) -> None:
            log.info(
                "listening",
                host=settings.http_host,
                port=port,
                endpoint=settings.langsmith_endpoint,
                journal=str(settings.journal_dir or "memory"),
                **settings.model_dump(include=bounds),
                # Left by an earlier process: nothing has come yet.
                held_spans=proxy.pipeline.held_spans,
            )

        await proxy.run(stop, listening)
    log.info("stopped")
