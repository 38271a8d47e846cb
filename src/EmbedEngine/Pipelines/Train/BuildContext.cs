using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Train;

/// <summary>What every stage of a build reads: the sessions in rows, where to write, and how.</summary>
/// <param name="Set">The sessions the build may learn from, in corpus order.</param>
/// <param name="Sink">Takes the artifacts.</param>
/// <param name="Settings">Settings of the run.</param>
/// <param name="SkipGram">Item2Vec options with the affordable number of epochs.</param>
/// <param name="Threads">Threads of the run.</param>
/// <param name="Suffix">Ends stage names, to tell the measured build from the final one.</param>
/// <param name="Progress">Takes progress, gives cancellation.</param>
internal sealed record BuildContext(
    TrainingSet Set, ArtifactSink Sink, TrainSettings Settings, SkipGramOptions SkipGram, int Threads,
    string Suffix,
    ProgressScope Progress)
{
    /// <summary>The store's actions.</summary>
    public required ActionTable Actions { get; init; }

    /// <summary>Category of each item, as imported.</summary>
    public required ItemCategories Categories { get; init; }

    /// <summary>Ordinal of each row.</summary>
    public required long[] Ordinals { get; init; }

    /// <summary>Begins a stage under its full name.</summary>
    public void Begin(string stage, long total, string unit) => Progress.Begin(stage + Suffix, total, unit);
}
