namespace EmbedEngine.Pipelines.Train;

/// <summary>One try of a tuning run, as the manifest records it.</summary>
/// <param name="Source">The source measured.</param>
/// <param name="Settings">Settings that differed from the best so far; none for the start.</param>
/// <param name="Recall">Recall@20 on the slice.</param>
/// <param name="Mrr">MRR@20 on the slice.</param>
/// <param name="Seconds">Time to build and measure it.</param>
/// <param name="Kept">Whether it became the best so far.</param>
internal sealed record TuningTrial(
    string Source, IReadOnlyDictionary<string, string> Settings, double Recall, double Mrr, double Seconds,
    bool Kept);
