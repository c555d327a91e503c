from personalize.errors import in_a_sentence


def test_what_a_file_says_stays_on_one_line():
    assert in_a_sentence("gro\u00b3e\n>\x0f\x9cth") == "gro\u00b3e?>??th"


def test_what_a_file_says_is_cut_where_it_is_long():
    assert in_a_sentence("a" * 9, most=8) == "aaaaaaaa..."
    assert in_a_sentence("a" * 8, most=8) == "aaaaaaaa"
