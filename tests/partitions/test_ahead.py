"""Reading ahead: order, errors, early closing, and no thread that is left behind."""

import threading
from contextlib import closing

import pytest

from bayes_l2.partitions.ahead import read_ahead


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def test_items_come_in_order_from_one_other_thread():
    threads = set()

    def items():
        for k in range(100):
            threads.add(threading.get_ident())
            yield k

    assert list(read_ahead(items)) == list(range(100))
    assert len(threads - {threading.get_ident()}) == 1


def test_one_item_is_made_ahead():
    made = [threading.Event() for _ in range(3)]

    def items():
        for event in made:
            event.set()
            yield event

    with closing(read_ahead(items)) as ahead:
        assert next(ahead) is made[0]
        assert made[1].wait(timeout=60)
        assert not made[2].is_set()


def test_an_error_comes_after_the_items_before_it():
    def items():
        yield 1
        raise ValueError("row 7")

    ahead = read_ahead(items)
    assert next(ahead) == 1
    with pytest.raises(ValueError, match="row 7"):
        next(ahead)


def test_an_early_end_closes_the_generator():
    closed = []

    def items():
        try:
            yield from range(100)
        finally:
            closed.append(threading.current_thread().name)

    with closing(read_ahead(items)) as ahead:
        assert next(ahead) == 0
    assert len(closed) == 1
    assert closed[0].startswith("read-ahead")


def test_an_error_of_an_item_that_is_not_wanted_is_none():
    def items():
        yield 1
        raise ValueError("row 7")

    with closing(read_ahead(items)) as ahead:
        assert next(ahead) == 1
