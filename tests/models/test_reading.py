"""The model on the packaged encoder, with the built-in heads and gazetteer."""

from __future__ import annotations

import re
import time
from itertools import islice, product
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from models.loading import load_model
from models.network.encoder import TextSpan
from models.network.heads import BUILT_IN
from models.reading import EncoderModel, _entities, _lay_out, sentence_weights
from models.text.sentences import SentenceSpan
from streams.enrichment import Enrichment, Sentiment
from streams.errors import WeightsMismatch
from streams.records import Article, EntityHint
from streams.settings import Settings
from tests.models.conftest import MakeArticle

STORY = (
    "Vantor Robotics Inc. cut its full-year forecast on Friday after a weak quarter in Europe. "
    "Shares of the company fell 12 percent in early trading. Rival Brightwell Foods reported record profit. "
    "Analysts at Quill Capital lowered their rating. The board will meet next week."
)
NASTY = [
    ("", "x" * 200_000),
    ("", "profit falls " * 2_000),
    ("...", ""),
    ("\x01\x02", "\x03"),
    ("😀" * 300, "🙂 up 📈 5% " * 50),
    ("Vantor &amp; Co <b>falls", "<p>" * 2_000 + "End."),
    ("IİıŁ ﬁ ǆ", "Ⅷ percent … ‘quoted’"),
    ("", "$VTR " * 1_000),
]


def _differences(left: Enrichment, right: Enrichment) -> tuple[float, float]:
    assert left.summary == right.summary
    assert [s.text for s in left.sentences] == [s.text for s in right.sentences]
    assert [e.id for e in left.entities] == [e.id for e in right.entities]
    pairs: list[tuple[Sentiment, Sentiment]] = [(left.sentiment, right.sentiment)]
    pairs += [(a.sentiment, b.sentiment) for a, b in zip(left.sentences, right.sentences, strict=True)]
    pairs += [(a.sentiment, b.sentiment) for a, b in zip(left.entities, right.entities, strict=True)]
    assert [a.label for a, _ in pairs] == [b.label for _, b in pairs]
    scores = max(abs(a.score - b.score) for a, b in pairs)
    vectors = float(np.abs(left.embedding.array() - right.embedding.array()).max())
    return scores, vectors


def test_an_article_that_names_thousands(model: EncoderModel, make_article: MakeArticle) -> None:
    """What belongs to each entity is gathered in one go: 28,000 cashtags, as an article may hold, took half an hour."""
    tags = ["".join(each) for each in islice(product("BCDFGHJKLMNPQRST", repeat=4), 8_000)]
    page = model._page(make_article(body=" ".join(f"${tag}" for tag in tags)))
    spans: list[TextSpan] = []
    began_s = time.process_time()
    _lay_out(page, [], spans)
    even = np.full((max(len(spans), len(page.sentences)), 3), 1 / 3)
    found = _entities(page, even, even, np.full(3, 1 / 3), trained=True)
    assert time.process_time() - began_s < 20
    assert sum(len(entity.spans) for entity in found) == len(tags)
    assert all(entity.sentences and entity.companions for entity in found)


def test_the_company_of_others_changes_nothing(model: EncoderModel, make_article: MakeArticle) -> None:
    """An article's answer is the same alone as between long, short and strange ones: to 1e-4 in float32."""
    texts = [("Vantor cuts forecast", STORY), *NASTY[1:], ("Brightwell lifts dividend", "A short note.")]
    articles = [make_article(*pair) for pair in texts]
    together = model.enrich(articles)
    for article, answer in zip(articles, together, strict=True):
        scores, vectors = _differences(answer, model.enrich([article])[0])
        assert scores < 1e-4
        assert vectors < 3e-4  # they travel in half precision, whose last digit may turn


def test_in_half_precision_the_company_changes_next_to_nothing(
    half_model: EncoderModel, make_article: MakeArticle
) -> None:
    """An article's answer is the same alone as between others: to 2e-3, with every label and the summary kept."""
    articles = [make_article(*pair) for pair in [("Vantor cuts forecast", STORY), *NASTY[4:], ("Up", "A short note.")]]
    together = half_model.enrich(articles)
    for article, answer in zip(articles, together, strict=True):
        scores, _ = _differences(answer, half_model.enrich([article])[0])
        assert scores < 2e-3


def test_half_precision_says_what_float32_says(
    model: EncoderModel, half_model: EncoderModel, make_article: MakeArticle
) -> None:
    """No label changes, and no probability by more than 5e-3."""
    article = make_article("Vantor cuts forecast; Microsoft does not", STORY)
    scores, vectors = _differences(model.enrich([article])[0], half_model.enrich([article])[0])
    assert 0 < scores < 5e-3
    assert vectors < 2e-3


@pytest.mark.parametrize("texts", NASTY)
def test_nothing_raises(model: EncoderModel, make_article: MakeArticle, texts: tuple[str, str]) -> None:
    """Whatever a text holds, there is an answer with true offsets and a vector of length one."""
    article = make_article(*texts)
    answer = model.enrich([article])[0]
    fields = {"title": article.title, "body": article.body}
    assert all(fields[s.field][s.start : s.end] == s.text for s in answer.sentences)
    assert all(0 <= s.start < s.end <= len(fields[s.field]) for e in answer.entities for s in e.spans)
    assert np.isclose(np.linalg.norm(answer.embedding.array()), 1, atol=2e-3)
    assert len(answer.sentences) <= 256
    assert Enrichment.model_validate_json(answer.model_dump_json()) == answer


def test_a_long_article_is_marked_truncated(model: EncoderModel, make_article: MakeArticle) -> None:
    """Sentences past the cap are left unread, and the answer says so."""
    answers = model.enrich([make_article("", "It fell again. " * 300), make_article("", "It fell again. " * 200)])
    assert [(a.truncated, len(a.sentences)) for a in answers] == [(True, 256), (False, 200)]


def test_entities_are_there_with_their_sentences(model: EncoderModel, make_article: MakeArticle) -> None:
    """The feed's entity and the gazetteer's are found, with the sentences that name them."""
    article = make_article(
        "Vantor cuts forecast; Microsoft does not", STORY, hints=(EntityHint(name="Vantor", id="v-1"),)
    )
    answer = model.enrich([article])[0]
    entities = {e.id: e for e in answer.entities}
    assert set(entities) == {"v-1", "cik:0000789019"}
    assert entities["v-1"].name == "Vantor"
    assert entities["v-1"].sentences == (0, 1)
    assert entities["cik:0000789019"].ticker == "MSFT"
    assert answer.entities[0].id == "v-1"


def test_results_under_a_heading_are_the_companys(model: EncoderModel, make_article: MakeArticle) -> None:
    """A company that only the title names is judged by the table below, which is also its evidence."""
    loss, profit = model.enrich(
        [
            make_article("Microsoft Q3 results", "Net loss 4.1 mln vs profit 2.2 mln\nRevenue 60.1 mln vs 72.3 mln"),
            make_article("Microsoft Q3 results", "Net profit 4.1 mln vs 2.2 mln"),
        ]
    )
    assert [each.entities[0].sentiment.label for each in (loss, profit)] == ["negative", "positive"]
    assert profit.entities[0].sentences == (0, 1)


def test_a_feeds_entity_that_the_text_lacks(model: EncoderModel, make_article: MakeArticle) -> None:
    """It is in the answer without a span, and shares the article's sentiment."""
    answer = model.enrich([make_article("Prices fall", "They fell a lot.", hints=(EntityHint(name="Harbourline"),))])[0]
    (entity,) = answer.entities
    assert (entity.id, entity.spans, entity.sentiment) == ("feed:harbourline", (), answer.sentiment)


def test_the_summary_is_of_the_body(model: EncoderModel, make_article: MakeArticle) -> None:
    """The summary's words are those of its sentences, in order, at most as many as set, and not the title's."""
    answer = model.enrich([make_article("Vantor cuts forecast", STORY)])[0]
    chosen = answer.summary.sentences
    assert 0 < len(chosen) <= 3
    assert list(chosen) == sorted(chosen)
    assert all(answer.sentences[i].field == "body" for i in chosen)
    assert set(answer.summary.text.split()) <= {word for i in chosen for word in answer.sentences[i].text.split()}


def test_labels_come_with_the_sentences_that_carry_them(model: EncoderModel, make_article: MakeArticle) -> None:
    """The article's sentiment and each topic name sentences; the first speaks as the label says."""
    body = "The annual meeting is on Monday. Losses mounted and the company slashed its outlook."
    answer = model.enrich([make_article("Vantor shares plunge after profit warning", body)])[0]
    assert answer.sentences[answer.evidence[0]].sentiment.label == answer.sentiment.label == "negative"
    assert 1 not in answer.evidence
    assert all(topic.sentences for topic in answer.topics)


def test_a_post_is_read_as_one(model: EncoderModel, make_article: MakeArticle) -> None:
    """A short text without a title is one sentence, with the time and the gazetteer that it was read by."""
    answer = model.enrich([make_article("", "$MSFT beats. Shares jump! Guidance raised.")])[0]
    assert [s.text for s in answer.sentences] == ["$MSFT beats. Shares jump! Guidance raised."]
    assert answer.scored_at is not None
    assert answer.model.endswith(answer.gazetteer)


def test_two_names_in_one_headline_differ(model: EncoderModel, make_article: MakeArticle) -> None:
    """What is good for one and bad for the other is said so, each with the other beside it."""
    hints = (EntityHint(name="Vantor", id="v"), EntityHint(name="Brightwell", id="b"))
    answer = model.enrich(
        [make_article("Vantor surges to record high as Brightwell plunges on loss", "", hints=hints)]
    )[0]
    entities = {e.id: e for e in answer.entities}
    assert entities["v"].sentiment.score > 0.5 > entities["b"].sentiment.score
    assert [(e.first_sentence, e.companions) for e in answer.entities] == [(0, 1), (0, 1)]


def test_other_languages_are_said_not_guessed(model: EncoderModel, make_article: MakeArticle) -> None:
    """A German article is named as such, with an even split and no topic; its entities are still found."""
    body = "Der Gewinn von Microsoft steigt deutlich, und die Aktie legt um fünf Prozent zu, hieß es am Freitag."
    answer = model.enrich([make_article("", body)])[0]
    assert answer.language == "de"
    assert answer.topics == ()
    assert answer.sentiment == Sentiment.of(0.333, 0.334, 0.333)
    assert answer.sentiment.label == "neutral"
    assert [(e.ticker, e.sentiment.label) for e in answer.entities] == [("MSFT", "neutral")]


def test_versions_name_every_part(model: EncoderModel) -> None:
    """The version names base, delta, heads and gazetteer by digest; the space names what makes the embeddings."""
    assert re.fullmatch(
        r"all-minilm-l6-v2/[0-9a-f]{8}\+[0-9a-f]{8}\+heads-[0-9a-f]{8}\+gazetteer-[0-9a-f]{8}", model.version
    )
    assert model.version.startswith(f"{model.space}+")


def test_plain_news_has_the_expected_sign(model: EncoderModel, make_article: MakeArticle) -> None:
    """Plain bad and good news come out as such, and a dividend is a dividend."""
    bad, good, dividend = model.enrich(
        [
            make_article(
                "Vantor shares plunge after profit warning", "The company slashed its outlook as losses mounted."
            ),
            make_article(
                "Brightwell shares surge to record on strong earnings", "Profit beat every estimate, it said."
            ),
            make_article("Brightwell raises quarterly dividend", "The board declared a dividend of 20 cents a share."),
        ]
    )
    assert (bad.sentiment.label, good.sentiment.label) == ("negative", "positive")
    assert "dividend" in {topic.topic for topic in dividend.topics}


def test_an_article_without_companies_in_the_call(model: EncoderModel) -> None:
    """No articles, no answers."""
    assert model.enrich([]) == []


def test_the_title_and_clear_sentences_weigh_most() -> None:
    """A bad title outweighs a good sentence late in the body; neutral sentences hardly count."""
    title, body = SentenceSpan("title", 0, 1, "t"), SentenceSpan("body", 0, 1, "b")
    bad, neutral, good = [0.9, 0.1, 0.0], [0.0, 1.0, 0.0], [0.0, 0.1, 0.9]
    probabilities = np.array([bad, neutral, neutral, good])
    weights = sentence_weights([title, body, body, body], probabilities)
    whole = weights @ probabilities / weights.sum()
    assert whole[0] > whole[2]
    assert whole[0] > whole[1]


def test_heads_for_other_weights_are_refused(tmp_path: Path) -> None:
    """An encoder that differs in one number is another encoder: the built-in heads do not load on it."""
    from models.network.bases import base_folder

    folder = tmp_path / "mine"
    folder.mkdir()
    source = base_folder(Settings())
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        (folder / name).write_bytes((source / name).read_bytes())
    weights = load_file(source / "model.safetensors")
    weights["embeddings.word_embeddings.weight"][0, 0] += 1
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(WeightsMismatch, match="tidewatch train"):
        load_model(Settings(model=str(folder), device="cpu"))


def test_the_built_in_weights_are_small() -> None:
    """What is committed stays below 25 MB."""
    assert sum(path.stat().st_size for path in BUILT_IN.iterdir()) < 25_000_000


def test_real_articles(model: EncoderModel, make_article: MakeArticle, real_data: Path) -> None:
    """Real Reuters articles are read without an error, each into English with a sentence or none at all."""
    from models.lessons.datasets import rows

    articles: list[Article] = []
    for row in rows(real_data, "reuters"):
        articles.append(make_article(row["title"], row["body"]))
        if len(articles) == 60:
            break
    answers = model.enrich(articles)
    assert {a.language for a in answers} == {"en"}
    assert all(a.summary.text for a in answers)
