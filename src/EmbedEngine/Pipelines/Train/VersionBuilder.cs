// Makes all artifacts of one version from a set of sessions: once for the part before the cut, which is
// measured, and once for everything, which is published. Both go through this one piece of code.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Train;

/// <summary>Builds versions of one store.</summary>
internal sealed class VersionBuilder(
    StoreKeys keys, ItemCategories categories, CatalogueContent content, TrainSettings settings, int threads,
    long corpusEvents, ProgressScope progress)
{
    /// <summary>
    /// What is made of a prepared build, in order; each says nothing where it is not asked for.
    /// </summary>
    private static readonly Action<BuildContext>[] s_stages =
    [
        CategoryStage.Run, CovisitationStage.Run, ActionCovisitationStage.Run, SessionNeighborStage.Run,
        Item2VecStage.Run, SvdStage.Run, GraphStage.Run, ContentStage.Run, FusionStage.Run,
        ActionPopularityStage.Run,
        TraitStage.Run, UserModelStage.Run, HistoryStage.Run, CustomerStage.Run, ActionItemStage.Run,
    ];

    /// <summary>
    /// Options of every skip-gram run here: the number of epochs comes from the whole corpus, so that the
    /// measured build and the published one are trained alike.
    /// </summary>
    public SkipGramOptions SkipGram { get; } = Affordable(settings, threads, corpusEvents);

    /// <summary>How users' vectors are made, once it was chosen.</summary>
    public UserKindChoice UserKind { get; set; } = UserKindChoice.Default;

    /// <summary>How much behaviour weighs beside content, once it was chosen.</summary>
    public EvidenceChoice Evidence { get; set; } = EvidenceChoice.Default;

    /// <summary>
    /// What the build a ranker learns over should know by the catalogue alone (<see cref="HeldOutItems"/>).
    /// </summary>
    public HeldOutItems? HeldOut(SessionCorpus corpus, int[] sessions) =>
        HeldOutItems.Choose(corpus, sessions, content.Ordinals, settings.SkipGram.Seed);

    /// <summary>
    /// Writes every artifact; stage names get the suffix, to tell the measured pass from the final one, which
    /// has none.
    /// </summary>
    /// <param name="corpus">All sessions.</param>
    /// <param name="sessions">Those to build from.</param>
    /// <param name="cutMs">Where they end; null = the end of the log.</param>
    /// <param name="sink">Takes the artifacts.</param>
    /// <param name="suffix">Ends stage names.</param>
    /// <param name="heldOut">Items it is to know little of; null = none.</param>
    public BuildContext Build(
        SessionCorpus corpus, int[] sessions, long? cutMs, ArtifactSink sink, string suffix,
        HeldOutItems? heldOut = null)
    {
        BuildContext context = Prepare(corpus, sessions, cutMs, sink, suffix, heldOut);
        foreach (Action<BuildContext> stage in s_stages) stage(context);
        return context;
    }

    /// <summary>Writes items and their statistics, which every stage builds on.</summary>
    public BuildContext Prepare(
        SessionCorpus corpus, int[] sessions, long? cutMs, ArtifactSink sink, string suffix,
        HeldOutItems? heldOut = null)
    {
        progress.Begin("statistics" + suffix, 0, "rows");
        if (heldOut is not null) corpus = heldOut.Corpus;
        RowAssignment assignment = RowAssignment.Of(
            corpus, sessions, heldOut?.Listed ?? content.WithRow, heldOut?.ByOrdinal);
        TrainingSet set = assignment.ToTrainingSet(corpus, sessions, keys.Actions);
        ItemTable.Write(sink, assignment.Ordinals, assignment.Counts, keys.Items, keys.Actions);
        TrainingSet popular = settings.Popularity.ShortSessions
            ? assignment.WithShort(set, corpus, cutMs, keys.Actions) : set;
        PopularityTable.Write(sink, set, popular, settings);
        ItemStatistics.Write(sink, set, keys.Actions.KindsByCode());
        progress.End();
        return new BuildContext(set, sink, settings, SkipGram, threads, suffix, progress)
        {
            Popular = popular, Actions = keys.Actions, Categories = categories,
            Content = content, Ordinals = assignment.Ordinals,
            SeenRows = assignment.Counts.Length - assignment.Counts.Count(c => c == 0),
            RowOfOrdinal = assignment.RowOfEvents, UserKeys = keys.Users, UserKind = UserKind,
            Evidence = Evidence,
            Corpus = corpus, Sessions = sessions,
            Histories = UserHistories.Of(corpus, sessions, cutMs ?? long.MaxValue),
        };
    }

    /// <summary>
    /// The options with the number of epochs that the token budget allows, where the caller chose none.
    /// </summary>
    public static SkipGramOptions Affordable(TrainSettings settings, int threads, long events)
    {
        SkipGramOptions options = settings.SkipGram with { Threads = threads };
        if (settings.EpochsGiven || events == 0) return options;
        long affordable = Math.Max(3, TrainSettings.DefaultTokenBudget / events);
        return options with { Epochs = (int)Math.Min(options.Epochs, affordable) };
    }
}
