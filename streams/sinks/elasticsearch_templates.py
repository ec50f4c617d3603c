"""Templates and policies put into a cluster, and the embedding space that is recorded there."""

from __future__ import annotations

from elasticsearch import ApiError, AsyncElasticsearch, BadRequestError

from streams.errors import MisconfiguredError
from streams.settings import Settings
from streams.sinks import mapping
from streams.sinks.index import EmbeddingSpace
from streams.sinks.mapping import FORMAT, Names


async def make_templates(client: AsyncElasticsearch, names: Names, settings: Settings) -> None:
    """Put all templates, and the lifecycle policies where the cluster has ILM; safe to repeat.

    Indices that an earlier version made get the fields that they lack: strict mappings would refuse the documents.

    Raises:
        MisconfiguredError: the templates there have another format, or an index there another mapping.
    """
    await _check_format(client, names)
    lifecycle = await _has_lifecycle(client)
    if lifecycle:
        await client.ilm.put_lifecycle(name=names.news, policy=mapping.news_policy(settings))
        await client.ilm.put_lifecycle(name=names.alerts, policy=mapping.alerts_policy(settings))
    news, alerts, profiles = await _put_news_fields(client, names), mapping.alert_fields(), mapping.profile_fields()
    novelties, scores = mapping.novelty_fields(), mapping.score_fields()
    for name, template in (
        (names.news, mapping.news_template(names, settings, lifecycle=lifecycle)),
        (names.profiles, mapping.profiles_template(names, settings)),
        (names.episodes, mapping.episodes_template(names, settings)),
    ):
        await client.indices.put_index_template(name=name, **template)
    streams = {names.alerts: alerts, names.novelties: novelties, names.scores: scores}
    for stream, fields in streams.items():
        template = mapping.stream_template(names, stream, fields, settings, lifecycle=lifecycle)
        await client.indices.put_index_template(name=stream, **template)
    indices = {names.news: news, names.profiles: profiles, names.episodes: alerts}
    for name, fields in (indices | streams).items():
        await _extend(client, name, fields)


async def read_space(client: AsyncElasticsearch, names: Names) -> EmbeddingSpace | None:
    """Return the embedding space that the namespace keeps, if it is settled."""
    meta = await _read_meta(client, names.news_embedding)
    return None if meta is None else EmbeddingSpace(str(meta["space"]), int(str(meta["dimensions"])))


async def settle(client: AsyncElasticsearch, names: Names, space: EmbeddingSpace) -> EmbeddingSpace:
    """Record the embedding space, and return the one that is kept: another process may have been first."""
    try:
        await client.cluster.put_component_template(
            name=names.news_embedding, create=True, **mapping.news_embedding(space)
        )
    except ApiError as error:
        kept = await read_space(client, names)
        if error.status_code != 400 or kept is None:
            raise
        return kept
    return space


async def _extend(client: AsyncElasticsearch, name: str, fields: mapping.Body) -> None:
    try:
        # Nothing of the name is there before the first document.
        await client.options(ignore_status=404).indices.put_mapping(index=name, properties=fields["properties"])
    except BadRequestError as error:
        raise MisconfiguredError(
            f"the index {name!r} holds a field of another type than this version writes: {error}."
            " Delete it if it is not Tidewatch's, or use a new TIDEWATCH_NAMESPACE"
        ) from error


async def _check_format(client: AsyncElasticsearch, names: Names) -> None:
    meta = await _read_meta(client, names.news_fields)
    if meta is not None and meta.get("format") != FORMAT:
        raise MisconfiguredError(
            f"the templates of {names.news!r} have format {meta.get('format')}, this version knows {FORMAT}:"
            " use the version that made them, or a new TIDEWATCH_NAMESPACE"
        )


async def _read_meta(client: AsyncElasticsearch, name: str) -> dict[str, object] | None:
    answer = await client.options(ignore_status=404).cluster.get_component_template(name=name)
    found = answer.get("component_templates", [])
    return dict(found[0]["component_template"].get("_meta", {})) if found else None


async def _has_lifecycle(client: AsyncElasticsearch) -> bool:
    """Say whether the cluster manages the lifecycle of indices; a cluster without ILM has no such address."""
    answer = await client.options(ignore_status=(400, 404, 405)).ilm.get_status()
    return "operation_mode" in answer


async def _put_news_fields(client: AsyncElasticsearch, names: Names) -> mapping.Body:
    """Put the fields of articles, their texts in English where the cluster has its analysis, and return them."""

    async def put(*, english: bool) -> mapping.Body:
        await client.cluster.put_component_template(name=names.news_fields, **mapping.news_component(english=english))
        return mapping.news_fields(english=english)

    try:
        # Tried, not asked for: only who may manage the whole cluster may ask.
        return await put(english=True)
    except BadRequestError:
        return await put(english=False)
