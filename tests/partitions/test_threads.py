"""Tasks on threads: order, errors, early ends, and the one thread of BLAS."""

import threading
import time
from contextlib import closing

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from bayes_l2.partitions.threads import MOST_THREADS, results


def blas_threads():
    blas = [each for each in threadpool_info() if each["user_api"] == "blas"]
    return {each["num_threads"] for each in blas}


@pytest.fixture(autouse=True)
def nothing_is_left():
    threads, blas = threading.active_count(), blas_threads()
    yield
    assert threading.active_count() == threads
    assert blas_threads() == blas


def test_results_come_in_the_order_of_the_items():
    rng = np.random.default_rng(0)
    waits = rng.uniform(0, 0.002, 100).tolist()

    def slow(k):
        time.sleep(waits[k])
        return k * k

    assert list(results(slow, range(100))) == [k * k for k in range(100)]


def test_this_thread_makes_the_items_and_others_run_the_tasks():
    makers, runners = set(), set()

    def items():
        for k in range(50):
            makers.add(threading.get_ident())
            yield k

    def task(k):
        runners.add(threading.get_ident())
        return k

    assert len(list(results(task, items()))) == 50
    assert makers == {threading.get_ident()}
    assert makers.isdisjoint(runners)
    assert len(runners) <= MOST_THREADS


def test_few_items_are_made_ahead():
    made = []

    def items():
        for k in range(100):
            made.append(k)
            yield k

    with closing(results(lambda k: k, items())) as found:
        assert next(found) == 0
        assert len(made) <= MOST_THREADS + 1


def test_an_error_of_a_task_comes_after_the_results_before_it():
    def task(k):
        if k == 2:
            raise ValueError("batch 2")
        return k

    found = results(task, range(10))
    assert [next(found), next(found)] == [0, 1]
    with pytest.raises(ValueError, match="batch 2"):
        next(found)


def test_an_error_of_the_items_comes_after_the_results_before_it():
    def items():
        yield 1
        raise ValueError("row 7")

    found = results(lambda k: k, items())
    assert next(found) == 1
    with pytest.raises(ValueError, match="row 7"):
        next(found)


def test_the_first_of_two_errors_is_raised():
    def items():
        yield 0
        raise ValueError("the items")

    def task(k):
        time.sleep(0.01)
        raise ValueError("the task")

    with pytest.raises(ValueError, match="the task"):
        list(results(task, items()))


def test_no_task_runs_after_an_early_end():
    ran = []
    with closing(results(lambda k: ran.append(k), range(100))) as found:
        next(found)
    count = len(ran)
    time.sleep(0.01)
    assert len(ran) == count <= MOST_THREADS + 1


def test_blas_has_one_thread_until_the_last_of_several_ends():
    before = blas_threads()
    first = results(lambda k: k, range(10))
    second = results(lambda k: k, range(10))
    assert next(first) == next(second) == 0
    assert blas_threads() == {1}
    first.close()
    assert blas_threads() == {1}
    second.close()
    assert blas_threads() == before


def test_one_thread_runs_the_tasks_where_blas_has_one():
    runners = set()
    with threadpool_limits(1, user_api="blas"):
        list(results(lambda k: runners.add(threading.get_ident()), range(50)))
    assert len(runners) == 1
