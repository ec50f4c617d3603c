"""The cleaning of the real stream, on rows about invented tickers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from benchmarks.alerts.stream import Row, article_of, clean, clean_cashtags, gaps_of

AT = datetime(2014, 5, 6, 12, tzinfo=UTC)


def _row(ticker: str, text: str, tweet: str = "1", minutes: int = 0) -> Row:
    return Row(AT + timedelta(minutes=minutes), ticker, tweet, "user", text)


def test_only_clean_cashtags_name_a_ticker() -> None:
    """Letters, digits or dollars around a cashtag make it something else."""
    assert clean_cashtags("L$D and FINE$T, $$QX, $QXA1") == frozenset()
    assert clean_cashtags("($QXA) $qxb, $BRK.A: $QXC!") == {"QXA", "QXB", "BRK-A", "QXC"}


def test_rows_of_one_tweet_are_one_article() -> None:
    """Its tickers are those of its rows that it names cleanly, each once."""
    text = "$QXA and $QXB fall with PA$T"
    tweets, counts = clean([_row("QXA", text), _row("QXB", text), _row("QXB", text), _row("T", text)])
    assert [tweet.tickers for tweet in tweets] == [("QXA", "QXB")]
    assert (counts.rows, counts.without_cashtag, counts.tweets) == (4, 1, 1)


def test_the_campaign_is_left_out() -> None:
    """Retweets of the one account are dropped and counted; talk about it is not."""
    rows = [_row("QXA", "RT @NewYorkCittyy: $QXA in talks", "1"), _row("QXA", "$QXA: ask @newyorkcittyy", "2")]
    tweets, counts = clean(rows)
    assert [tweet.tweet for tweet in tweets] == ["2"]
    assert counts.of_campaign == 1


def test_gaps_of_a_day() -> None:
    """A day without any row is a gap, an hour less is none."""
    times = [AT, AT + timedelta(hours=23), AT + timedelta(hours=47), AT + timedelta(hours=48)]
    assert gaps_of(times) == ((times[1], times[2]),)


def test_a_tweet_enters_as_a_raw_article() -> None:
    """The text is the body, the account the source, and the id follows from the address."""
    (tweet,), _ = clean([_row("QXA", "$QXA falls")])
    article = article_of(tweet)
    assert (article.body, article.source, article.published_at) == ("$QXA falls", "account user", AT)
    assert article.article_id == article_of(tweet).article_id
    assert article_of(tweet, source="the feed").source == "the feed"
