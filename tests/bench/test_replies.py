from bench.replies import CORPUS, Figures, Reply, figures, main, read_replies


def test_the_corpus_is_understood_as_well_as_the_page_says():
    replies = read_replies(CORPUS)
    of = figures(replies)
    assert len(replies) > 300
    assert (of.false_accepts, of.false_stops) == (0, 0)
    assert of.missed_stops <= 0.02 and of.accepts >= 0.9 and of.declines >= 0.85


def test_a_yes_that_is_asked_back_counts_half():
    replies = [
        Reply("en", "yes", "accept"),
        Reply("en", "yes today", "accept"),
        Reply("en", "yes", "unclear"),
        Reply("en", "stop", "person"),
        Reply("en", "no", "stop"),
        Reply("en", "why", "decline"),
    ]
    assert figures(replies) == Figures(1, 1, 1.0, 0.75, 0.0)


def test_any_file_is_measured_by_language(tmp_path, capsys):
    file = tmp_path / "more.tsv"
    file.write_text('language\ttext\tmeaning\nfr\tOui "merci"\taccept\nfr\tpeut-être\taccept\n', encoding="utf-8")
    main([str(file), "--wrong"])
    said = capsys.readouterr().out
    assert "| fr       |       2 |             0 |           0 |         0.0% |   50.0% |     0.0% |" in said
    assert said.endswith("fr\taccept\tperson\tpeut-être\n")
