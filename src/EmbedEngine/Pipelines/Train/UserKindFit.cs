// Which kind of user vector serves. Attention is learned on sessions that the vectors have not seen and holds
// in any space; the encoder is learned in the space of the build, from the sessions that made it, as it will
// be in the one that is published. All kinds are then compared on sessions later than either has learned
// from, by what they find with the index: the best serves where it is surely above the mixture, else the
// mixture.

using EmbedEngine.Evaluation;
using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Sources;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Train;

/// <summary>One kind, as measured.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Recall">Share of next items among the 20 found.</param>
/// <param name="MinusMix">That less the mixture's, paired.</param>
internal sealed record UserKindScore(UserVectorKind Kind, double Recall, Measured MinusMix);

/// <summary>What was chosen; nothing measured is the mixture.</summary>
/// <param name="Kind">Kind that serves.</param>
/// <param name="Attention">Learned weights; null = none.</param>
/// <param name="Scores">What was measured.</param>
internal sealed record UserKindChoice(
    UserVectorKind Kind, AttentionPooling? Attention, IReadOnlyList<UserKindScore> Scores)
{
    /// <summary>As <see cref="UserModel.LetsStandIn"/>; the gate decides.</summary>
    public bool LetsStandIn { get; init; }

    public static UserKindChoice Default { get; } = new(UserVectorKind.Mix, null, []);
}

/// <summary>Chooses.</summary>
internal static class UserKindFit
{
    /// <summary>Examples that attention, or a network, learns from at most.</summary>
    public const int MostExamples = 30_000;

    /// <summary>Held-out examples below which nothing is chosen.</summary>
    public const int FewestMeasured = 200;

    private const int MostMeasured = 10_000;
    private const int K = 20;
    private const double LearnShare = 0.5;

    private static readonly UserVectorKind[] Kinds =
    [
        UserVectorKind.Mix, UserVectorKind.Average, UserVectorKind.Time, UserVectorKind.Debiased,
        UserVectorKind.Recency, UserVectorKind.Attention, UserVectorKind.Encoder,
    ];

    /// <summary>Learns and measures.</summary>
    /// <param name="data">Built from sessions before <paramref name="later"/>.</param>
    /// <param name="corpus">All sessions.</param>
    /// <param name="fit">Sessions the version was built from.</param>
    /// <param name="later">Later sessions, in order of time.</param>
    /// <param name="histories">Of the whole corpus.</param>
    /// <param name="settings">Of the run.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="threads">Of the run.</param>
    /// <param name="progress">Takes progress, gives cancellation.</param>
    public static UserKindChoice Run(
        VersionData data, SessionCorpus corpus, int[] fit, int[] later, UserHistories histories,
        TrainSettings settings, ulong seed, int threads, ProgressScope progress)
    {
        if (data.Item2Vec is not { Vectors.HasOut: true } space || data.UserModel is not { } model
            || settings.UserVector is not (UserVectorKind.Served or UserVectorKind.Attention))
            return UserKindChoice.Default;
        bool given = settings.UserVector == UserVectorKind.Attention;
        int cut = given ? later.Length : (int)(later.Length * LearnShare);
        (NextItems learned, _) = NextItemBuilder.Build(data, corpus, later[..cut], histories, MostExamples);
        (NextItems measured, int[] clusters) =
            NextItemBuilder.Build(data, corpus, later[cut..], histories, MostMeasured);
        if ((given ? learned : measured).Count < FewestMeasured) return UserKindChoice.Default;
        progress.Begin("user_attention", 4L * learned.Count, "examples");
        AttentionPooling? attention = AttentionTraining.Learn(
            learned, space.Vectors.In, space.Vectors.Out, data.Items.Counts, EventFeatures.Start(), seed,
            progress);
        if (given)
        {
            progress.End();
            return new UserKindChoice(UserVectorKind.Attention, attention, []);
        }
        UserEncoder? encoder = LearnEncoder(data, corpus, fit, histories, seed, threads, progress, "");
        progress.Begin("user_vectors", Kinds.Length * (long)measured.Count, "requests");
        UserKindScore[] scores =
            Measure(data, measured, clusters, attention, encoder, seed, threads, progress);
        progress.End();
        return new UserKindChoice(Best(scores).Kind, attention, scores);
    }

    /// <summary>
    /// The best of those surely above the mixture. The network is learned anew with every build and is the
    /// dearest: it must be surely above the best of the others.
    /// </summary>
    private static UserKindScore Best(UserKindScore[] scores)
    {
        UserKindScore best = scores.Where(s => s.MinusMix.Low > 0 && s.Kind != UserVectorKind.Encoder)
            .MaxBy(s => s.Recall) ?? scores[0];
        UserKindScore? network = Array.Find(scores, s => s.Kind == UserVectorKind.Encoder);
        return network is not null && network.MinusMix.Low > best.MinusMix.Value ? network : best;
    }

    /// <summary>The network of a build, from its own latest sessions; null where it cannot be.</summary>
    public static UserEncoder? LearnEncoder(
        VersionData data, SessionCorpus corpus, int[] fit, UserHistories histories, ulong seed, int threads,
        ProgressScope progress, string suffix)
    {
        if (data.Item2Vec is not { Vectors.HasOut: true } space
            || space.Vectors.In.Dims > UserModel.MostDims) return null;
        (NextItems examples, _) = NextItemBuilder.Build(data, corpus, fit, histories, MostExamples);
        if (examples.Count < FewestMeasured) return null;
        progress.Begin("user_encoder" + suffix, 6L * examples.Count, "examples");
        UserEncoder? encoder = EncoderTraining.Learn(
            examples, space.Vectors.In, space.Vectors.Out, data.Items.Counts, seed, threads, progress);
        progress.End();
        return encoder;
    }

    private static UserKindScore[] Measure(
        VersionData data, NextItems measured, int[] clusters, AttentionPooling? attention,
        UserEncoder? encoder, ulong seed, int threads, ProgressScope progress)
    {
        UserVectorKind[] kinds = [.. Kinds.Where(k => k switch
        {
            UserVectorKind.Attention => attention is not null,
            UserVectorKind.Encoder => encoder is not null,
            _ => true,
        })];
        int groups = clusters[^1] + 1;
        var table = new double[groups * kinds.Length];
        int[] weights = new int[groups];
        foreach (int cluster in clusters) weights[cluster]++;
        var hits = new byte[measured.Count * kinds.Length];
        WorkerTeam.For(threads, measured.Count, 64, (_, begin, end) =>
        {
            var asker = new Asker(data, attention, encoder);
            for (int i = (int)begin; i < end; i++)
            {
                for (int k = 0; k < kinds.Length; k++)
                    hits[(i * kinds.Length) + k] = asker.Finds(measured, i, kinds[k]) ? (byte)1 : (byte)0;
            }
            progress.Add((end - begin) * (kinds.Length - 1));
        }, progress);
        for (int i = 0; i < measured.Count; i++)
            for (int k = 0; k < kinds.Length; k++)
                table[(clusters[i] * kinds.Length) + k] += hits[(i * kinds.Length) + k];
        double[] means = Bootstrap.Means(table, weights, kinds.Length, seed, threads);
        return [.. kinds.Select((kind, k) =>
        {
            double recall =
                Enumerable.Range(0, groups).Sum(c => table[(c * kinds.Length) + k]) / measured.Count;
            double mix = Enumerable.Range(0, groups).Sum(c => table[c * kinds.Length]) / measured.Count;
            (double low, double high) = Bootstrap.Interval(means, kinds.Length, k, 0);
            return new UserKindScore(kind, recall, new Measured(recall - mix, low, high));
        })];
    }

    /// <summary>Asks the index by one kind of vector; one object a thread.</summary>
    private sealed class Asker(VersionData data, AttentionPooling? attention, UserEncoder? encoder)
    {
        private readonly RequestScratch _scratch = new(data.RowCount, data.LargestDims);
        private readonly CandidateList _list = new();

        public bool Finds(NextItems examples, int example, UserVectorKind kind)
        {
            VectorSpace space = data.Item2Vec!;
            Span<float> user = _scratch.Query.AsSpan(0, space.Vectors.In.Dims);
            if (!Build(examples, example, kind, user)) return false;
            _list.Reserve(K);
            SessionQuery.Search(space, space.OutIndex!, user, K, _scratch, _list);
            return _list.Rows.Contains(examples.Targets[example]);
        }

        private bool Build(NextItems examples, int example, UserVectorKind kind, Span<float> user)
        {
            RowMatrix vectors = data.Item2Vec!.Vectors.In;
            ReadOnlySpan<int> rows = examples.RowsOf(example);
            if (kind == UserVectorKind.Attention)
            {
                Span<float> weights = stackalloc float[UserModel.MostEvents];
                return attention!.Pool(
                    examples.FeaturesOf(example), examples.Width, rows, vectors, weights, user)
                    && VectorMath.Normalize(user) > 0;
            }
            if (kind == UserVectorKind.Encoder)
            {
                Span<float> room = stackalloc float[UserEncoder.RoomOf(vectors.Dims)];
                return UserEncoder.Encode(encoder!.Parameters, rows, vectors, room, user)
                    && VectorMath.Normalize(user) > 0;
            }
            Span<long> times = stackalloc long[UserModel.MostEvents];
            examples.TimesOf(example).CopyTo(times);
            var history = new HistoryView { Rows = rows, TimesMs = times[..rows.Length] };
            return UserVector.Build(kind, history, vectors, data.UserModel, user);
        }
    }
}
