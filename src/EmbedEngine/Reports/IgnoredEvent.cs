namespace EmbedEngine;

/// <summary>An event of a request that nothing could be made of; the others were answered.</summary>
/// <param name="Event">Its place in the session, from 0.</param>
/// <param name="Field">The field as the request spells it: <c>item</c>, <c>aid</c>, <c>action</c>,
/// <c>type</c>.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record IgnoredEvent(int Event, string Field, string Reason);
