import asyncio

from personalize.live.latest import Latest


def test_items_come_in_their_order():
    async def take():
        queue = Latest(3)
        dropped = [queue.put(item) for item in "abc"]
        return dropped, [await queue.take() for _ in range(3)], queue.dropped

    assert asyncio.run(take()) == ([None] * 3, ["a", "b", "c"], 0)


def test_of_too_many_the_oldest_are_dropped_and_counted():
    async def take():
        queue = Latest(2)
        dropped = [queue.put(item) for item in "abcd"]
        return dropped, [await queue.take() for _ in range(2)], queue.dropped

    assert asyncio.run(take()) == ([None, None, "a", "b"], ["c", "d"], 2)


def test_whoever_takes_waits_for_an_item():
    async def take():
        queue = Latest(2)
        taken = asyncio.create_task(queue.take())
        await asyncio.sleep(0)
        assert not taken.done()
        queue.put("a")
        return await taken

    assert asyncio.run(asyncio.wait_for(take(), 5)) == "a"


def test_a_closed_queue_forgets_what_waits_and_ends():
    async def take():
        queue = Latest(2)
        queue.put("a")
        queue.close()
        first = await queue.take()
        waiting = Latest(2)
        taken = asyncio.create_task(waiting.take())
        await asyncio.sleep(0)
        waiting.close()
        return first, await taken

    assert asyncio.run(asyncio.wait_for(take(), 5)) == (None, None)
