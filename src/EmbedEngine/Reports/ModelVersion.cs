namespace EmbedEngine;

/// <summary>
/// One version of a store, as the catalog knows it. A snapshot: later publishes do not change it.
/// </summary>
public sealed record ModelVersion
{
    /// <summary>Number of the version, from 1, never reused.</summary>
    public required long Number { get; init; }

    /// <summary>Name given at training, or <c>v</c> and the number.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether it answered requests when this was read.</summary>
    public required bool IsActive { get; init; }

    /// <summary>
    /// The manifest: run id, parents, data references, configuration, metrics, artifacts with lengths and
    /// digests, stages and environment, as one JSON object (docs/formats.md, "Manifest").
    /// </summary>
    public required string Manifest { get; init; }

    /// <summary>
    /// Figures measured on sessions later than those trained on; null when the log was too small to measure.
    /// </summary>
    public EvaluationReport? Metrics { get; init; }

    /// <summary>
    /// Figures on test files that <see cref="EvaluateOptions.Record"/> kept, oldest first.
    /// </summary>
    public IReadOnlyList<RecordedEvaluation> Evaluations { get; init; } = [];

    /// <summary>
    /// Observed events that its training left out because their keys are not of the store's kind.
    /// </summary>
    public long UnfitEvents { get; init; }

    /// <summary>
    /// What it was held against before it was published; null where <see cref="TrainOptions.Gate"/> was not
    /// asked for or no version was active.
    /// </summary>
    public PublishGateReport? Gate { get; init; }

    /// <summary>Wall seconds of the training run.</summary>
    public double Seconds { get; init; }

    /// <summary>Wall seconds by stage.</summary>
    public IReadOnlyDictionary<string, double> Stages { get; init; } = new Dictionary<string, double>();
}
