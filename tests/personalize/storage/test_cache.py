from personalize.storage.cache import keep, recall


def test_what_was_kept_is_recalled(cache):
    assert recall("a.json") == {}
    keep("a.json", {"b": 1})
    assert recall("a.json") == {"b": 1}
    assert (cache / "a.json").is_file()


def test_a_cache_that_cannot_be_written_or_read_is_empty(cache):
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.write_text("a file where the folder would be")
    keep("a.json", {"b": 1})
    assert recall("a.json") == {}
