// What user encoders learn from: for each example the events known at a moment and the item that came next.

namespace EmbedEngine.Training;

/// <summary>
/// Examples in order of time. Example i has events Offsets[i] … Offsets[i + 1] of Rows and Features, oldest
/// first. Immutable by agreement.
/// </summary>
/// <param name="Offsets">Examples + 1.</param>
/// <param name="Rows">Item of each event.</param>
/// <param name="Features">events × Width; see <see cref="AttentionPooling"/>.</param>
/// <param name="Width">Features of an event.</param>
/// <param name="FeatureCount">Different features there are.</param>
/// <param name="TimesMs">Time of each event.</param>
/// <param name="Targets">Item that came next, of each example.</param>
internal sealed record NextItems(
    int[] Offsets, int[] Rows, int[] Features, int Width, int FeatureCount, long[] TimesMs, int[] Targets)
{
    public int Count => Targets.Length;

    public ReadOnlySpan<int> RowsOf(int example) =>
        Rows.AsSpan(Offsets[example], Offsets[example + 1] - Offsets[example]);

    public ReadOnlySpan<long> TimesOf(int example) =>
        TimesMs.AsSpan(Offsets[example], Offsets[example + 1] - Offsets[example]);

    public ReadOnlySpan<int> FeaturesOf(int example) => Features.AsSpan(
        Offsets[example] * Width, (Offsets[example + 1] - Offsets[example]) * Width);
}
