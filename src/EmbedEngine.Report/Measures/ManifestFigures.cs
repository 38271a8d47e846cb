// What a version's manifest tells of the gate and of its rankers (docs/formats.md, "Manifest"). Fields that
// are not there, of an older release or a log too small to measure, are empty lists.

using System.Text.Json;

namespace EmbedEngine.Report.Measures;

/// <summary>The ranker's gain over one rival.</summary>
/// <param name="Rival">A source.</param>
/// <param name="Gain">Ranker less rival, paired, with its interval.</param>
internal readonly record struct GateMargin(string Rival, Measured Gain);

/// <summary>How much a ranker goes by each feature.</summary>
/// <param name="Name">The ranker.</param>
/// <param name="Trees">Its trees; 0 = linear.</param>
/// <param name="Features">Feature and share of the importance, largest first.</param>
internal sealed record RankerImportance(
    string Name, int Trees, IReadOnlyList<(string Feature, double Share)> Features);

/// <summary>Figures of one manifest.</summary>
internal sealed class ManifestFigures
{
    private ManifestFigures()
    {
    }

    /// <summary>The metric the gate went by, such as recall; null without a gate.</summary>
    public string? GateMetric { get; private init; }

    /// <summary>Gains of the ranker, as the manifest orders them.</summary>
    public IReadOnlyList<GateMargin> Margins { get; private init; } = [];

    /// <summary>The rankers.</summary>
    public IReadOnlyList<RankerImportance> Rankers { get; private init; } = [];

    /// <summary>Reads a manifest.</summary>
    public static ManifestFigures Read(string manifest)
    {
        using JsonDocument json = JsonDocument.Parse(manifest);
        JsonElement root = json.RootElement;
        bool gated = root.TryGetProperty("gate", out JsonElement gate)
            && gate.ValueKind == JsonValueKind.Object;
        return new ManifestFigures
        {
            GateMetric = gated && gate.TryGetProperty("metric", out JsonElement metric)
                ? metric.GetString() : null,
            Margins = gated && gate.TryGetProperty("ranker_minus", out JsonElement minus)
                ? [.. minus.EnumerateObject().Select(p => new GateMargin(p.Name, Interval(p.Value)))] : [],
            Rankers = root.TryGetProperty("rankers", out JsonElement rankers)
                && rankers.ValueKind == JsonValueKind.Object
                ? [.. rankers.EnumerateObject().Select(Ranker)] : [],
        };
    }

    private static Measured Interval(JsonElement numbers) =>
        new(numbers[0].GetDouble(), numbers[1].GetDouble(), numbers[2].GetDouble());

    private static RankerImportance Ranker(JsonProperty ranker)
    {
        var features = new List<(string, double)>();
        if (ranker.Value.TryGetProperty("importance", out JsonElement importance))
            features.AddRange(importance.EnumerateObject().Select(f => (f.Name, f.Value.GetDouble())));
        return new RankerImportance(
            ranker.Name,
            ranker.Value.TryGetProperty("trees", out JsonElement trees) ? trees.GetInt32() : 0,
            [.. features.OrderByDescending(f => f.Item2)]);
    }
}
