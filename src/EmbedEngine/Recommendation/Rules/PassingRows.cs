using EmbedEngine.Recommendation.Live;

namespace EmbedEngine.Recommendation.Rules;

/// <summary>
/// Rows of a version that passed a filter at one moment of the catalogue. Immutable by agreement: whoever
/// reads the bits must not write them.
/// </summary>
/// <param name="Of">The <see cref="CatalogueRows"/> that asked, by an object of its own.</param>
/// <param name="Moment">Number of the snapshot.</param>
/// <param name="Cold">Items without a row that were asked about; null = none.</param>
/// <param name="Bits">Bit r of word r / 64: whether row r passes; behind the rows, items without one.</param>
/// <param name="Bound">The filter bound to the snapshot, for items that have no row.</param>
internal sealed record PassingRows(
    object Of, long Moment, ColdVectors? Cold, ulong[] Bits, Filters.BoundFilter Bound);
