using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;
using EmbedEngine.Training;

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
    /// <summary>
    /// What popularity is counted from: the sessions, and where the settings say so those too short to learn
    /// from.
    /// </summary>
    public required TrainingSet Popular { get; init; }

    /// <summary>The store's actions.</summary>
    public required ActionTable Actions { get; init; }

    /// <summary>Category of each item, as imported.</summary>
    public required ItemCategories Categories { get; init; }

    /// <summary>What the catalogue says of items; null where vectors are not made of it.</summary>
    public CatalogueContent? Content { get; init; }

    /// <summary>Rows whose items have events, the first ones; null = not known.</summary>
    public int? SeenRows { get; init; }

    /// <summary>Ordinal of each row.</summary>
    public required long[] Ordinals { get; init; }

    /// <summary>Row of each item ordinal, negative = not of this build.</summary>
    public required int[] RowOfOrdinal { get; init; }

    /// <summary>What users did in the sessions of the build; null where none is named.</summary>
    public required UserHistories? Histories { get; init; }

    /// <summary>Keys of the users.</summary>
    public required KeyDictionary UserKeys { get; init; }

    /// <summary>How users' vectors are made.</summary>
    public required UserKindChoice UserKind { get; init; }

    /// <summary>All sessions there are.</summary>
    public required SessionCorpus Corpus { get; init; }

    /// <summary>Those of the build, as the corpus numbers them.</summary>
    public required int[] Sessions { get; init; }

    /// <summary>How much behaviour weighs beside content.</summary>
    public EvidenceChoice Evidence { get; set; } = EvidenceChoice.Default;

    /// <summary>How content was mapped to behaviour; null where it was not.</summary>
    public FusionModel? Fusion { get; set; }

    /// <summary>Whether the build is to be published: what only people read is made then alone.</summary>
    public bool IsFinal => Suffix.Length == 0;

    /// <summary>Begins a stage under its full name.</summary>
    public void Begin(string stage, long total, string unit) => Progress.Begin(stage + Suffix, total, unit);
}
