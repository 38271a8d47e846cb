// What gauges tell of a store; see StoreGauges.

using EmbedEngine.Pipelines.Upkeep;

namespace EmbedEngine;

/// <summary>A store at one moment; what could not be read is null.</summary>
internal sealed class StoreMeasures
{
    public double? ModelVersion { get; init; }

    public double? ModelAgeSeconds { get; init; }

    public double? ModelItems { get; init; }

    public double? HasProblem { get; init; }

    public double? PendingEvents { get; set; }

    public double? PendingBytes { get; set; }

    public double? Events { get; set; }

    public double? LogBytes { get; set; }

    public double? Items { get; set; }

    public double? Users { get; set; }

    public double? Versions { get; set; }

    public double? ArtifactBytes { get; set; }
}

/// <content>Measures.</content>
public sealed partial class Engine
{
    // One collection asks for every gauge in turn: they shall tell of one moment, and read it once.
    private const long MeasuresLastMs = 500;

    private (StoreMeasures Taken, long AtMs)? _measures;
    private readonly Lock _measuresGate = new();

    internal StoreMeasures Measures()
    {
        lock (_measuresGate)
        {
            if (_measures is { } last && Environment.TickCount64 - last.AtMs < MeasuresLastMs)
                return last.Taken;
            StoreMeasures taken = TakeMeasures();
            _measures = (taken, Environment.TickCount64);
            return taken;
        }
    }

    private StoreMeasures TakeMeasures()
    {
        if (_disposed) return new StoreMeasures();
        Model? model = Model;
        var measures = new StoreMeasures
        {
            ModelVersion = model?.Version.Number,
            ModelAgeSeconds = (DateTimeOffset.UtcNow - model?.Version.CreatedAt)?.TotalSeconds,
            ModelItems = model?.ItemCount,
            HasProblem = Problem is null ? 0 : 1,
        };
        try
        {
            if (!_store.Exists) return measures;
            (measures.PendingEvents, measures.PendingBytes) = LiveBacklog.Read(_store);
            StoreInfo info = StoreInfoReader.Read(_store);
            (measures.Events, measures.LogBytes) = (info.Events, info.LogBytes);
            (measures.Items, measures.Users) = (info.Items, info.Users);
            (measures.Versions, measures.ArtifactBytes) = (info.Versions, info.ArtifactBytes);
        }
        catch (Exception e) when (e is EmbedEngineException or IOException or ObjectDisposedException)
        {
            // A store that cannot be read is for `verify` to tell of; the rest is told.
        }
        return measures;
    }
}
