"""The queue of writes and its writer: order, last words, failures, what a kill leaves."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from paraglot.api.http.queue import tasks as queue_module
from paraglot.api.http.queue import writer
from paraglot.api.http.queue.tasks import QueueFull, ReadLines, TaskQueue
from paraglot.api.service_folder import ServiceFolder
from paraglot.indexer.build import Report, apply_changes
from paraglot.indexer.corpus.drafts import Draft, Place
from paraglot.indexer.folder.lock import writer_lock
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import NotFound
from paraglot.search.folder.layout import IndexLayout


def draft(article_id: str, text: str) -> Draft:
    return Draft(Place(Path("body.jsonl"), 3), article_id, "", text, "en", attributes={"tags": ["a", 1]}, plain=True)


@pytest.fixture
def queue(small_index: Path) -> TaskQueue:
    return TaskQueue(ServiceFolder(small_index).queue)


def texts(index: Path, article_id: str) -> list[str] | None:
    with Engine(index) as engine, engine.snapshot() as snapshot:
        try:
            return [one.text for one in snapshot.store.article(article_id)[1]]
        except NotFound:
            return None


def test_a_task_from_queue_to_index(queue: TaskQueue, small_index: Path) -> None:
    read = ReadLines(1, ["line 7: not JSON"], ["line 8: dates that cannot be told: soon"])
    first = queue.add([("new", draft("new", "One."))], read)
    assert (first.status, first.articles, first.skipped, first.skipped_lines) == (
        "enqueued",
        1,
        1,
        ["line 7: not JSON"],
    )
    assert first.remarks == ["line 8: dates that cannot be told: soon"]
    second = queue.add([("new", draft("new", "Two.")), ("tax", None), ("nobody", None)])
    assert queue.waiting() == 2
    # Another process sees what was acknowledged, even before anything closes the database.
    taken = TaskQueue(ServiceFolder(small_index).queue).take(1000, 3)
    assert [one.id for one in taken] == [first.id, second.id]
    assert writer.commit(queue, small_index, taken)
    done = queue.task(first.id)
    assert (done.status, done.generation, done.error) == ("succeeded", 2, None)
    assert done.done
    assert texts(small_index, "new") == ["Two."]
    assert texts(small_index, "tax") is None
    assert queue.waiting() == 0
    assert [one.id for one in queue.newest(5)] == [second.id, first.id]


def test_drafts_survive_the_queue_as_they_were(queue: TaskQueue) -> None:
    task = queue.add([("a", draft("a", "Text.")), ("b", None)])
    assert queue.changes([task]) == {"a": draft("a", "Text."), "b": None}


def test_one_commit_takes_many_tasks_but_not_too_many(queue: TaskQueue) -> None:
    added = [queue.add([(f"{n}-{m}", draft(f"{n}-{m}", "Text.")) for m in range(3)]) for n in range(4)]
    assert [one.id for one in queue.take(7, 3)] == [added[0].id, added[1].id]
    assert [one.id for one in queue.take(2, 3)] == [added[0].id], "a task is never divided, and nothing is lost"


def test_a_second_doing_changes_nothing(queue: TaskQueue, small_index: Path) -> None:
    queue.add([("new", draft("new", "One."))])
    assert apply_changes(small_index, queue.changes(queue.take(10, 3)))[0].committed
    # The writer died before it could note that; the next one does the task again.
    assert writer.commit(queue, small_index, queue.take(10, 3))
    assert queue.newest(1)[0].generation == 2


def test_a_task_counts_what_was_there_to_be_removed_when_its_turn_came(queue: TaskQueue, small_index: Path) -> None:
    writes = ([("a", None)], [("a", draft("a", "One."))], [("a", None), ("b", None)], [("a", None), ("tax", None)])
    ids = [queue.add(changes).id for changes in writes]
    assert [queue.task(one).articles for one in ids] == [1, 1, 2, 2]
    assert writer.commit(queue, small_index, queue.take(10, 3)), "all in one commit"
    assert [queue.task(one).articles for one in ids] == [0, 1, 1, 1]


def test_a_task_on_which_writers_die_comes_alone_and_ends(queue: TaskQueue, small_index: Path) -> None:
    poison = queue.add([("poison", draft("poison", "Text."))])
    for _ in range(writer.WARY_AFTER):
        queue.take(10, writer.WARY_AFTER)
    other = queue.add([("other", draft("other", "Text."))])
    for _ in range(writer.WARY_AFTER, writer.MOST_ATTEMPTS):
        assert [one.id for one in queue.take(10, writer.WARY_AFTER)] == [poison.id]
    writer.commit(queue, small_index, queue.take(10, writer.WARY_AFTER))
    assert (queue.task(poison.id).status, queue.task(poison.id).error) == ("failed", "10 writers died on it.")
    assert [one.id for one in queue.take(10, writer.WARY_AFTER)] == [other.id]


def test_a_fault_of_one_task_leaves_the_others(
    queue: TaskQueue, small_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fragile(folder: Path, changes: dict[str, Draft | None]) -> tuple[Report, frozenset[str]]:
        if "bad" in changes:
            raise ZeroDivisionError
        return apply_changes(folder, changes)

    monkeypatch.setattr(writer, "apply_changes", fragile)
    ids = [queue.add([(name, draft(name, "Text."))]).id for name in ("a", "bad", "b")]
    assert writer.commit(queue, small_index, queue.take(10, 3))
    assert [queue.task(one).status for one in ids] == ["succeeded", "failed", "succeeded"]
    assert texts(small_index, "b") == ["Text."]
    assert "ZeroDivisionError" in (queue.task(ids[1]).error or "")


def test_what_cannot_be_written_now_waits(queue: TaskQueue, small_index: Path) -> None:
    task = queue.add([("new", draft("new", "One."))])
    with writer_lock(IndexLayout(small_index).lock):
        assert not writer.commit(queue, small_index, queue.take(10, 3))
    waiting = queue.task(task.id)
    assert (waiting.status, waiting.attempts, waiting.error) == ("enqueued", 0, None)
    IndexLayout(small_index).current.rename(small_index / "elsewhere")
    assert not writer.commit(queue, small_index, queue.take(10, 3))
    assert "CURRENT: the file is missing" in (queue.task(task.id).error or "")


def test_the_queue_is_bounded_and_forgets(queue: TaskQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "KEPT_TASKS", 1)
    first, second, third = (queue.add([(name, draft(name, "Text."))]) for name in "abc")
    queue.succeeded([first], 2)
    queue.succeeded([third], 3)
    with pytest.raises(NotFound, match=f"no task {first.id}, or it ended long ago"):
        queue.task(first.id)
    assert queue.task(second.id).status == "enqueued", "what waits is never forgotten"
    monkeypatch.setattr(queue_module, "MAX_WAITING_BYTES", 10)
    with pytest.raises(QueueFull):
        queue.add([("d", draft("d", "Text."))])
    assert queue.waiting() == 1


def test_a_queue_of_before_remarks_goes_on(small_index: Path) -> None:
    path = ServiceFolder(small_index).queue
    TaskQueue(path).close()
    with closing(sqlite3.connect(path)) as former:
        former.execute("ALTER TABLE task DROP COLUMN remarks")
    queue = TaskQueue(path)
    assert queue.add([("tax", None)], ReadLines(remarks=["a"])).remarks == ["a"]
    queue.close()
